// Package auth finds out who is calling: by a browser's session, an API token or the bureau's own identity provider. What the caller may do is
// package rights' business, the rows are kept by grid/postgres. 登录、会话、令牌、统一身份认证。
package auth
