// Package auth finds out who is calling: by a browser's session, an API token or the bureau's own identity provider. What the caller may do is
// package rights' business, the rows are kept by grid/postgres. 登录、会话、令牌、统一身份认证。
//
// Decisions:
//
//   - Sessions and tokens are looked up in the record for each request that needs to know who is calling, by primary key, some 0.1 ms: what was
//     ended on one server has ended on all at once. Nothing is cached. Tiles and whatever else answers everybody alike do not look (Route.Alike),
//     so a map costs nothing and goes on while the database is away. An open route that tells more to those who signed in answers as to nobody then.
//   - A session is 256 bits of chance in a cookie, HttpOnly, SameSite=Lax, Secure where the caller came by https; the record has its SHA-256. It
//     ends when it is not used for 12 hours or is seven days old (flags), and with a change of password, role or scope, and with disabling. Its use is
//     noted at most once in five minutes. A cookie whose session is over is nobody's and is taken back; beside it a readable cookie tells the page
//     that there is a session, so that it need not ask.
//   - A token is wg_ and 43 digits of base 62, 256 bits of chance; the record has its SHA-256. A token that is no good is a 401 on every route, open
//     ones too: its owner has to know. Other schemes of Authorization are a proxy's business. Tokens outlive a change of password; disabling an
//     account removes them.
//   - Passwords are hashed with argon2id, 19 MiB and two passes, as OWASP asks for at least, as many at once as there are processors; 64 more wait,
//     the others are sent away with a 503. A hash in the record can ask for no more than 256 MiB.
//   - Five failures in a row lock an account for 15 minutes. The count is in its row, judged while the row is held, so it holds for all servers and for
//     attempts at once. A name that there is not takes as long (a hash is compared all the same), answers the same, and locks the same, in memory.
//     Before that, attempts are bounded by address (an IPv6 /64 is one) and by name, in bounded memory.
//   - What is tried as a name and can be none is kept nowhere, for it may be a password in the wrong field.
//   - Answers and requests with secrets in them are not kept with an Idempotency-Key. Names of accounts and tokens are unique, so a retry does no harm.
//   - Writes by a session must not come from pages of other servers: net/http's CrossOriginProtection, besides SameSite. Who comes by a token is no
//     browser that was talked into it. Bodies are JSON, which forms of other servers cannot send.
//   - The identity provider is asked for a code with PKCE; state, nonce and verifier wait in a cookie that is signed with a key made of the client
//     secret, so that any server behind one address can take it up, for ten minutes and once. What the provider says about itself is read when it is
//     first needed. An account is found by issuer and subject; one that is not bound is found by its name in a configured claim, and bound for good. A
//     provider that lets its users choose that claim themselves needs another one, or none. Nobody gets an account by signing in.
//   - A browser is only led to paths of this server after signing in.
package auth
