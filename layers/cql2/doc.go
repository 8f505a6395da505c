// Package cql2 reads filters in the Common Query Language (OGC 21-065r2) and tests features with them. 过滤表达式。
package cql2
