package main

import (
	"bytes"
	"io"
	"os"
	"time"

	"wangge/api/auth"
	"wangge/grid/postgres"
)

// signInFlags say how people get in.
type signInFlags struct {
	SessionIdle     time.Duration `help:"A session that is not used for so long ends. 会话闲置多久后失效" name:"session-idle" default:"12h" placeholder:"TIME"`
	SessionLifetime time.Duration `help:"A session ends after so long, however much it is used. 会话最长多久" name:"session-lifetime" default:"168h" placeholder:"TIME"`

	OIDCIssuer           string `help:"Address of the bureau's own identity provider (OpenID Connect). 统一身份认证地址" name:"oidc-issuer" placeholder:"URL"`
	OIDCClientID         string `help:"How it knows this server. 客户端标识" name:"oidc-client-id" placeholder:"ID"`
	OIDCClientSecretFile string `help:"File with the secret that goes with it. 客户端密钥文件" name:"oidc-client-secret-file" type:"existingfile" placeholder:"FILE"`
	OIDCTitle            string `help:"How that way in is called. 登录按钮的名称" name:"oidc-title" default:"统一身份认证"`
	OIDCClaim            string `help:"Claim with the name of an account that is not bound to an identity yet; empty: none gets bound. 对应登录名的声明" name:"oidc-claim" default:"preferred_username"`
}

const (
	minSession = time.Minute
	maxSession = 90 * 24 * time.Hour
)

// gate is who finds out who is calling.
func (f signInFlags) gate(store *postgres.Store, publicURL string) (*auth.Gate, error) {
	for _, d := range []time.Duration{f.SessionIdle, f.SessionLifetime} {
		if d < minSession || d > maxSession {
			return nil, usageError("--session-idle and --session-lifetime take %s to %s 会话时长超出范围", minSession, maxSession)
		}
	}
	provider, err := f.provider()
	if err != nil {
		return nil, err
	}
	gate, err := auth.NewGate(store, auth.Settings{Idle: f.SessionIdle, Absolute: f.SessionLifetime, PublicURL: publicURL, OIDC: provider})
	if err != nil {
		return nil, usageError("--public-url: %v 对外地址无法识别", err)
	}
	return gate, nil
}

// maxSecretBytes bounds a file with a secret.
const maxSecretBytes = 4096

func (f signInFlags) provider() (*auth.Provider, error) {
	if f.OIDCIssuer == "" {
		if f.OIDCClientID != "" || f.OIDCClientSecretFile != "" {
			return nil, usageError("--oidc-client-id and --oidc-client-secret-file go with --oidc-issuer 须同时给出 --oidc-issuer")
		}
		return nil, nil //nolint:nilnil // no provider is nothing wrong
	}
	config := auth.ProviderConfig{Issuer: f.OIDCIssuer, ClientID: f.OIDCClientID, Title: f.OIDCTitle, Claim: f.OIDCClaim}
	if f.OIDCClientSecretFile != "" {
		secret, err := readSecret(f.OIDCClientSecretFile)
		if err != nil {
			return nil, err
		}
		config.ClientSecret = secret
	}
	provider, err := auth.NewProvider(config)
	if err != nil {
		return nil, usageError("--oidc-issuer: %v 统一身份认证设置有误", err)
	}
	return provider, nil
}

// readSecret reads a file with a secret, without the end of its line.
func readSecret(path string) (string, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // it was read
	text, err := io.ReadAll(io.LimitReader(file, maxSecretBytes))
	return string(bytes.TrimSpace(text)), err
}
