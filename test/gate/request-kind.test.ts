import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMove, type RequestKind, requestKind } from '../../src/gate/request-kind.ts'

const CORS = { origin: 'https://x.example', 'access-control-request-method': 'PUT' }
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('what sort of request it is', () => {
  it.each<[RequestKind, string, Record<string, string>]>([
    ['navigation', 'GET', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', ...HTML }],
    ['navigation', 'POST', { 'sec-fetch-mode': 'navigate' }],
    ['navigation', 'GET', { 'sec-fetch-mode': 'navigate', accept: 'application/json' }],
    ['navigation', 'GET', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
    ['navigation', 'HEAD', HTML],
    ['navigation', 'GET', HTML],
    ['navigation', 'GET', { accept: 'Text/HTML' }],
    ['navigation', 'GET', { accept: 'application/json;q=0.1, text/html' }],
    ['script', 'GET', {}],
    ['script', 'GET', { accept: '' }],
    ['script', 'GET', { accept: '*/*' }],
    ['script', 'GET', { accept: 'application/json' }],
    ['script', 'GET', { accept: 'application/json', 'user-agent': 'Mozilla/5.0' }],
    ['script', 'GET', { accept: 'text/htmlx' }],
    ['script', 'GET', { accept: 'application/json;note=text/html' }],
    ['script', 'GET', { accept: 'text/html;q=0, application/json' }],
    ['script', 'GET', { 'sec-fetch-mode': 'cors', ...HTML }],
    ['script', 'GET', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', ...HTML }],
    ['script', 'GET', { 'sec-fetch-mode': 'same-origin' }],
    ['script', 'GET', { 'sec-fetch-mode': '', ...HTML }],
    ['script', 'GET', { 'sec-fetch-mode': 'Navigate', ...HTML }],
    ['script', 'GET', { 'sec-fetch-mode': 'navigate, cors', ...HTML }],
    ['script', 'GET', { 'sec-fetch-mode': 'navigate;x', ...HTML }],
    ['script', 'GET', { 'sec-fetch-mode': '"navigate"', ...HTML }],
    ['script', 'GET', { 'sec-fetch-mode': 'websocket' }],
    ['script', 'GET', { 'x-requested-with': 'XMLHttpRequest' }],
    ['websocket', 'GET', { upgrade: 'websocket', connection: 'Upgrade' }],
    ['websocket', 'GET', { upgrade: 'WebSocket' }],
    ['websocket', 'GET', { upgrade: 'websocket', 'sec-fetch-mode': 'navigate', ...HTML }],
    ['script', 'GET', { upgrade: 'h2c' }],
    ['script', 'GET', { upgrade: 'websocket-ish' }],
    ['preflight', 'OPTIONS', CORS],
    ['preflight', 'OPTIONS', { ...CORS, 'sec-fetch-mode': 'cors' }],
    ['preflight', 'OPTIONS', { origin: 'null', 'access-control-request-method': '' }],
    ['script', 'OPTIONS', {}],
    ['script', 'OPTIONS', { origin: 'https://x.example' }],
    ['script', 'OPTIONS', { 'access-control-request-method': 'PUT' }],
    ['script', 'GET', CORS],
    ['script', 'POST', CORS],
    ['script', 'options', CORS],
  ])('%s: %s %j', (kind, method, headers) => {
    expect(requestKind(method, new Headers(headers))).toBe(kind)
  })

  it('a preflight is never anything but OPTIONS, whatever the headers', () => {
    const value = fc.constantFrom(
      'navigate',
      'cors',
      'websocket',
      'text/html',
      '',
      'GET',
      'https://x.example',
      'prefetch',
    )
    const name = fc.constantFrom(
      ...[
        'sec-fetch-mode',
        'sec-fetch-dest',
        'accept',
        'upgrade',
        'origin',
        'access-control-request-method',
        'sec-purpose',
      ],
    )
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'),
        fc.dictionary(name, value),
        (method, said) => {
          const headers = new Headers(said)
          const kind = requestKind(method, headers)
          if (kind === 'preflight') expect(method).toBe('OPTIONS')
          if (isMove(kind, headers)) expect(kind).toBe('navigation')
        },
      ),
    )
  })
})

describe('what keeps a session alive', () => {
  it('a navigation does', () => expect(isMove('navigation', new Headers())).toBe(true))

  it.each(['prefetch', 'prefetch;prerender', 'prefetch;anonymous-client-ip'])('a %s does not', (purpose) => {
    expect(isMove('navigation', new Headers({ 'sec-purpose': purpose }))).toBe(false)
  })

  it.each(['script', 'websocket', 'preflight'] as const)('a %s does not', (kind) => {
    expect(isMove(kind, new Headers())).toBe(false)
  })
})
