import { createHmac, createPublicKey } from 'node:crypto'
import type { PublicJwk } from '../../src/token/private-key.ts'
import type { KeyRing, SigningKey } from '../../src/token/signing-keys.ts'
import { AUDIENCE, type Gateway, ISSUER } from './verify-stage.ts'

export interface Attack {
  readonly name: string
  readonly token: string
}

type Members = Record<string, unknown>

/**
 * Tokens that no origin may accept. Most are signed with the gateway's genuine key, so that the check in question is the only
 * one that can refuse them. `trap` is an address that nobody may ask for keys.
 */
export async function attacksOn(gateway: Gateway, trap: string, now: number): Promise<readonly Attack[]> {
  const signing = await gateway.es256.signingKey(now)
  const stranger = await gateway.stranger.signingKey(now)
  const retired = await gateway.es256.signingKey(now - 2 * gateway.rotationSeconds)
  const eddsa = await gateway.eddsa.signingKey(now)
  const [jwk] = await gateway.es256.published(now)
  const [strangerJwk] = await gateway.stranger.published(now)
  if (!jwk || !strangerJwk) throw new Error('no key is published')

  const header: Members = { alg: 'ES256', typ: 'edgegate-assertion+jwt', kid: signing.kid }
  const claims = claimsAt(now)
  const good = await sealed(signing, header, claims)
  const other = await sealed(signing, header, { ...claims, sub: 'mallory', jti: 'other' })
  const without = (members: Members, name: string): Members => {
    const { [name]: _gone, ...rest } = members
    return rest
  }
  const withHeader = (changes: Members) => sealed(signing, { ...header, ...changes }, claims)
  const withClaims = (changes: Members) => sealed(signing, header, { ...claims, ...changes })
  const [head = '', body = '', signature = ''] = good.split('.')
  const encodedHeader = (changes: Members) => encode({ ...header, ...changes })

  const attacks: [string, string | Promise<string>][] = []
  const add = (name: string, token: string | Promise<string>) => attacks.push([name, token])

  for (const alg of [
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    null,
    ['ES256'],
    1,
    'ES384',
    'ES256K',
    'RS256',
    'EdDSA',
    'HS256',
  ]) {
    add(`alg ${JSON.stringify(alg)} without a signature`, `${encodedHeader({ alg })}.${body}.`)
    add(
      `alg ${JSON.stringify(alg)} over a genuine signature`,
      `${encodedHeader({ alg })}.${body}.${signature}`,
    )
  }
  add('alg missing', sealed(signing, without(header, 'alg'), claims))
  for (const [what, secret] of Object.entries(hmacSecrets(jwk))) {
    for (const alg of ['HS256', 'HS512'])
      add(`${alg} with ${what}`, hmac(alg, encodedHeader({ alg }), body, secret))
  }
  add('EdDSA signature under the name of the ES256 key', sealed(eddsa, { ...header, alg: 'EdDSA' }, claims))
  add('ES256 signature under the name of the EdDSA key', withHeader({ kid: eddsa.kid }))

  add('a stranger’s signature under our key’s name', sealed(stranger, header, claims))
  add('a stranger’s key by its own name', sealed(stranger, { ...header, kid: stranger.kid }, claims))
  add('a key that is no longer published', sealed(retired, { ...header, kid: retired.kid }, claims))
  for (const kid of [
    `${trap}/k`,
    '../../../etc/passwd',
    "' OR 1=1 --",
    '__proto__',
    'constructor',
    '',
    'x'.repeat(3000),
  ]) {
    add(`kid ${kid.slice(0, 30)}`, sealed(stranger, { ...header, kid }, claims))
  }
  for (const kid of [null, 1, true, [signing.kid], { kid: signing.kid }]) {
    add(`kid ${JSON.stringify(kid)} over a genuine signature`, withHeader({ kid }))
  }
  add('kid missing', sealed(signing, without(header, 'kid'), claims))
  for (const [name, value] of Object.entries({
    jku: `${trap}/jwks`,
    x5u: `${trap}/cert`,
    jwk: strangerJwk,
    x5c: ['MIIB'],
  })) {
    add(`${name} to the attacker`, sealed(stranger, { ...header, [name]: value }, claims))
    add(
      `${name} to the attacker, his key by name`,
      sealed(stranger, { ...header, kid: stranger.kid, [name]: value }, claims),
    )
    add(
      `${name} to the attacker, no name`,
      sealed(stranger, { ...without(header, 'kid'), [name]: value }, claims),
    )
  }
  add('crit that nobody knows', withHeader({ crit: ['exp'], exp: 1 }))
  add('crit empty', withHeader({ crit: [] }))
  add('b64 false', withHeader({ b64: false, crit: ['b64'] }))
  add('compressed', withHeader({ zip: 'DEF' }))
  for (const typ of [
    'JWT',
    'at+jwt',
    'edgegate-access+jwt',
    'edgegate-refresh+jwt',
    'logout+jwt',
    '',
    null,
    1,
  ]) {
    add(`typ ${JSON.stringify(typ)}: a token of another kind`, withHeader({ typ }))
  }
  add('typ missing', sealed(signing, without(header, 'typ'), claims))

  for (const iss of [
    'https://evil.example',
    `${ISSUER}/`,
    `${ISSUER}.evil.example`,
    '',
    null,
    [ISSUER],
    { iss: ISSUER },
  ]) {
    add(`iss ${JSON.stringify(iss)}`, withClaims({ iss }))
  }
  for (const aud of [
    'https://other.example',
    `${AUDIENCE}/`,
    AUDIENCE.slice(0, -1),
    ISSUER,
    '',
    '*',
    null,
    1,
    [],
    ['https://other.example', 'x'],
    [`${AUDIENCE},x`],
    [[AUDIENCE]],
    { 0: AUDIENCE },
  ]) {
    add(`aud ${JSON.stringify(aud)}`, withClaims({ aud }))
  }
  for (const sub of ['', null, 0, 1, true, ['u_alice'], { id: 'u_alice' }])
    add(`sub ${JSON.stringify(sub)}`, withClaims({ sub }))
  for (const exp of [
    now - 3600,
    0,
    -1,
    -1e12,
    `${now + 60}`,
    'tomorrow',
    null,
    true,
    [now + 60],
    {},
    1e300,
    now + 1e9,
  ]) {
    add(`exp ${JSON.stringify(exp)}`, withClaims({ exp }))
  }
  for (const nbf of [now + 3600, `${now}`, null, [now], 1e300])
    add(`nbf ${JSON.stringify(nbf)}`, withClaims({ nbf }))
  for (const iat of [now + 3600, `${now}`, null, [now], -1e300])
    add(`iat ${JSON.stringify(iat)}`, withClaims({ iat }))
  add(
    'exp infinite',
    seal(signing, head, base64Url(JSON.stringify(claims).replace(`"exp":${now + 60}`, '"exp":1e999'))),
  )
  for (const name of ['iss', 'aud', 'sub', 'iat', 'nbf', 'exp']) {
    add(`${name} missing`, sealed(signing, header, without(claims, name)))
  }
  for (const text of ['[]', '"u_alice"', 'null', '1', '', '{', '{"sub":', '\ufeff{}', '['.repeat(3000)]) {
    add(`claims ${text.slice(0, 12)}`, seal(signing, head, base64Url(text)))
    add(`header ${text.slice(0, 12)}`, seal(signing, base64Url(text), body))
  }
  add(
    'claims that are not UTF-8',
    seal(signing, head, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]).toString('base64url')),
  )
  add('header that is not UTF-8', `${Buffer.from([0x7b, 0xff]).toString('base64url')}.${body}.${signature}`)
  add('alg twice, none last', `${base64Url('{"alg":"ES256","alg":"none"}')}.${body}.`)

  add('the signature of another token', `${head}.${body}.${other.split('.')[2]}`)
  add('the claims of another token', `${head}.${other.split('.')[1]}.${signature}`)
  add('no signature', `${head}.${body}.`)
  add('half a signature', `${head}.${body}.${signature.slice(0, 43)}`)
  add('a signature of zeros', `${head}.${body}.${'A'.repeat(86)}`)
  add('a signature of ones', `${head}.${body}.${Buffer.alloc(64, 0xff).toString('base64url')}`)
  add('a signature and more', `${head}.${body}.${signature}AAAA`)

  add('a list of two', `${good}, ${good}`)
  add('four parts', `${good}.${signature}`)
  add('five parts, as a JWE has', `${head}..${body}.${signature}.AAAA`)
  add('two parts', `${head}.${body}`)
  add('three junk parts', 'a.b.c')
  add('only dots', '..')
  add('padding', `${good}==`)
  add('a scheme in front', `Bearer ${good}`)
  add('a blank inside', `${head}. ${body}.${signature}`)
  add('ignored characters inside', `${head}.${body}.!${signature}`)
  add(
    'two signatures (JSON form)',
    JSON.stringify({
      payload: body,
      signatures: [
        { protected: head, signature },
        { protected: encodedHeader({ alg: 'none' }), signature: '' },
      ],
    }),
  )
  add('one signature (JSON form)', JSON.stringify({ payload: body, protected: head, signature }))
  return Promise.all(attacks.map(async ([name, token]) => ({ name, token: await token })))
}

/** Tokens that differ from a genuine one by what no header line can carry: only for a verifier that is called directly. */
export function unsendable(good: string): readonly Attack[] {
  return [
    ['trailing newline', `${good}\n`],
    ['trailing CRLF', `${good}\r\n`],
    ['leading newline', `\n${good}`],
    ['leading blank', ` ${good}`],
    ['trailing blank', `${good} `],
    ['a newline inside', good.replace('.', '.\n')],
    ['a NUL at the end', `${good}\0`],
    ['full-width letters', good.replace('e', 'ｅ')],
    ['another script’s digits', good.replace('.', '.٣')],
    ['nothing', ''],
    ['a very long one', `${good}${'A'.repeat(1_000_000)}`],
  ].map(([name = '', token = '']) => ({ name, token }))
}

/** A genuine assertion but for its claims, which are given; what the gateway would sign. */
export async function genuine(keys: KeyRing, now: number, changes: Members = {}): Promise<string> {
  const signing = await keys.signingKey(now)
  const header = { alg: signing.alg, typ: 'edgegate-assertion+jwt', kid: signing.kid }
  return sealed(signing, header, { ...claimsAt(now), ...changes })
}

function claimsAt(now: number): Members {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'u_alice',
    iat: now,
    nbf: now,
    exp: now + 60,
    jti: 'one',
    kind: 'user',
    email: 'alice@acme.example',
    email_verified: true,
    roles: ['finance', 'admin'],
  }
}

function sealed(signing: SigningKey, header: Members, claims: Members): Promise<string> {
  return seal(signing, encode(header), encode(claims))
}

async function seal(signing: SigningKey, head: string, body: string): Promise<string> {
  const kind = signing.alg === 'ES256' ? { name: 'ECDSA', hash: 'SHA-256' } : { name: 'Ed25519' }
  const signature = await crypto.subtle.sign(kind, signing.key, new TextEncoder().encode(`${head}.${body}`))
  return `${head}.${body}.${Buffer.from(signature).toString('base64url')}`
}

/** Everything public about a key that a confused verifier might take for a shared secret. */
function hmacSecrets(jwk: PublicJwk): Record<string, string | Buffer> {
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  return {
    'an empty secret': '',
    'the public key as PEM': key.export({ type: 'spki', format: 'pem' }) as string,
    'the public key as DER': key.export({ type: 'spki', format: 'der' }) as Buffer,
    'the public key as JSON': JSON.stringify(jwk),
    'the public point': Buffer.from(jwk.x, 'base64url'),
    'the key’s name': jwk.kid,
  }
}

function hmac(alg: string, head: string, body: string, secret: string | Buffer): string {
  const signature = createHmac(alg.replace('HS', 'sha'), secret).update(`${head}.${body}`).digest('base64url')
  return `${head}.${body}.${signature}`
}

function encode(members: Members): string {
  return base64Url(JSON.stringify(members))
}

function base64Url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
