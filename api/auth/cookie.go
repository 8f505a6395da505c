package auth

import (
	"net/http"
)

// The cookies: one has the session and is the browser's and the server's alone, the other tells the page that there is one.
const (
	cookieName = "wangge_session"
	flagName   = "wangge_signed_in"
)

// maxSecret bounds what is taken for the id of a session.
const maxSecret = 64

func sessionCookie(r *http.Request) string {
	c, err := r.Cookie(cookieName)
	if err != nil || len(c.Value) > maxSecret {
		return ""
	}
	return c.Value
}

// SetCookies gives the browser its session. secure says that the caller came by https.
func (g *Gate) SetCookies(w http.ResponseWriter, secret string, secure bool) {
	age := int(g.settings.Absolute.Seconds())
	http.SetCookie(w, cookie(cookieName, secret, age, true, secure))
	http.SetCookie(w, cookie(flagName, "1", age, false, secure))
}

// ClearCookies takes it back from a browser that has one, be it over.
func (g *Gate) ClearCookies(w http.ResponseWriter, r *http.Request, secure bool) {
	if len(r.CookiesNamed(cookieName)) == 0 && len(r.CookiesNamed(flagName)) == 0 {
		return
	}
	http.SetCookie(w, cookie(cookieName, "", -1, true, secure))
	http.SetCookie(w, cookie(flagName, "", -1, false, secure))
}

func cookie(name, value string, maxAgeS int, hidden, secure bool) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: maxAgeS, HttpOnly: hidden, Secure: secure, SameSite: http.SameSiteLaxMode}
}
