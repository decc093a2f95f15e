import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Way, wayOfDatabase } from '../../src/boot/admin/ways-of.ts'

test('how a database is reached is told from its URL', () => {
  const ways: readonly (readonly [string, Way, Way?])[] = [
    ['postgres://db/x', 'plain', 'verified'],
    ['postgres://u:p@db/x?application_name=a', 'plain', 'verified'],
    ['postgres://db/x?sslmode=disable', 'plain'],
    ['postgres://db/x?sslmode=require', 'verified'],
    ['postgres://db/x?sslmode=verify-full', 'verified'],
    ['postgres://db/x?sslmode=verify-ca', 'authority', 'authority'],
    ['postgres://db/x?sslrootcert=own.pem', 'verified'],
    ['postgres://u@%2Frun%2Fpg/x', 'socket'],
    ['postgres:///x?host=/run/pg', 'socket'],
    ['postgres:///x', 'plain'],
    ['mongodb://a,b/x?replicaSet=rs', 'plain'],
    ['mongodb://a,b/x?tls=true', 'verified', 'verified'],
    ['mongodb://a/x?ssl=true&tlsAllowInvalidHostnames=true', 'authority'],
    ['mongodb://a/x?tls=true&tlsInsecure=true', 'unverified'],
    ['mongodb+srv://a.b.c/x', 'verified'],
    ['mongodb+srv://a.b.c/x?tls=false', 'plain'],
  ]
  for (const [url, way, withAuthority] of ways) {
    assert.equal(wayOfDatabase(url, false), way, url)
    if (withAuthority !== undefined) assert.equal(wayOfDatabase(url, true), withAuthority, url)
  }
})
