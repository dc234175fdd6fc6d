import { describe, expect, it } from 'vitest'
import { defineConfig } from '../../src/config/define.ts'
import { type ConfigEnvironment, resolveConfig } from '../../src/config/resolve.ts'
import type { Config } from '../../src/config/schema.ts'

const MINIMAL: Config = {
  site: { name: 'Acme', url: 'https://app.example' },
  origin: { url: 'https://origin.example' },
}

function settingsOf(config: Config, environment: ConfigEnvironment = {}) {
  const resolved = resolveConfig(config, environment)
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems))
  return resolved.settings
}

/** The options that are complained about. Takes anything: hostile and mistyped files are what this is for. */
function optionsOf(config: unknown, environment: ConfigEnvironment = {}): string[] {
  const resolved = resolveConfig(config as Config, environment)
  return resolved.ok ? [] : resolved.problems.map(({ option }) => option)
}

describe('the example of the design', () => {
  const example = defineConfig({
    site: { name: 'Acme intranet', url: 'https://intranet.acme.example' },
    origin: { url: 'https://origin.acme.example' },
    rules: [
      { path: '/health', access: 'public' },
      { path: '/', access: 'optional' },
      { path: '/cart/**', access: 'guest' },
      { path: '/api/**', access: 'user', deny: 401 },
      { path: '/reports/**', access: { roles: ['finance', 'admin'] } },
      { path: '/admin/**', access: { roles: ['admin'] }, fresh: '15m', mfa: true },
    ],
    identity: { headers: ['remote-user'], user: 'email' },
    session: { idle: '12h', absolute: '7d', remember: '30d', protection: 'basic' },
    registration: { mode: 'invite' },
  })

  it('resolves without a warning', () => {
    expect(resolveConfig(example)).toMatchObject({ ok: true, warnings: [] })
  })

  it('says in seconds and defaults what it means', () => {
    const settings = settingsOf(example)
    const site = settings.sites.get('intranet.acme.example')
    expect(settings.session).toMatchObject({
      idleSeconds: 43_200,
      absoluteSeconds: 604_800,
      rememberSeconds: 2_592_000,
      protection: 'basic',
    })
    expect(site?.rules.map(({ access, deny, fresh, mfa }) => [access, deny, fresh, mfa])).toEqual([
      ['public', 'login', null, null],
      ['optional', 'login', null, null],
      ['guest', 'login', null, null],
      ['user', 401, null, null],
      [{ roles: ['finance', 'admin'] }, 'login', null, null],
      [{ roles: ['admin'] }, 'login', 900, 'once'],
    ])
    expect(site?.identity).toMatchObject({ presets: ['remote-user'], user: 'email', assertion: true })
  })
})

describe('what is left out', () => {
  it('has a safe default', () => {
    const settings = settingsOf(MINIMAL)
    expect(settings).toMatchObject({ basePath: '/auth', nextAllowed: [], hooks: {} })
    expect(settings.throttle).toMatchObject({ account: { attempts: 5 }, network: { attempts: 50 } })
    expect(settings.password.minLength).toBeGreaterThanOrEqual(15)
    expect(settings.sites.get('app.example')).toMatchObject({
      secure: true,
      local: false,
      publicOrigin: 'https://app.example',
      rules: [],
      assertion: { algorithm: 'ES256', audience: 'https://origin.example' },
    })
  })

  it.each<[string, Partial<Config>, (settings: ReturnType<typeof settingsOf>) => unknown, unknown]>([
    ['session.remember', { session: { remember: false } }, ({ session }) => session.rememberSeconds, null],
    ['session.idle', { session: { idle: '90s' } }, ({ session }) => session.idleSeconds, 90],
    ['session.absolute', { session: { absolute: '2d' } }, ({ session }) => session.absoluteSeconds, 172_800],
    ['session.fresh', { session: { fresh: '1h' } }, ({ session }) => session.freshSeconds, 3600],
    [
      'session.protection',
      { session: { protection: 'strong' } },
      ({ session }) => session.protection,
      'strong',
    ],
    ['session.store', { session: { store: 'd1' } }, ({ session }) => session.store, 'd1'],
    ['basePath', { basePath: '/login-x' }, ({ basePath }) => basePath, '/login-x'],
    ['password.minLength', { password: { minLength: 8 } }, ({ password }) => password.minLength, 8],
    ['password.words', { password: { words: ['acme'] } }, ({ password }) => password.words, ['acme']],
    [
      'password.breached',
      { password: { breached: 'https://p.example/range/' } },
      ({ password }) => password.breachedUrl,
      'https://p.example/range/',
    ],
    [
      'password.breached as a switch',
      { password: { breached: true } },
      ({ password }) => password.breachedUrl,
      'https://api.pwnedpasswords.com/range/',
    ],
    [
      'throttle',
      { throttle: { account: { attempts: 3, delay: '1m', maxDelay: '1h', forget: '2d' } } },
      ({ throttle }) => throttle?.account,
      { attempts: 3, delaySeconds: 60, maxDelaySeconds: 3600, forgetSeconds: 172_800 },
    ],
    [
      'next.allow',
      { next: { allow: ['https://X.example'] } },
      ({ nextAllowed }) => nextAllowed,
      ['https://x.example/'],
    ],
    [
      'audit.retention',
      { audit: { retention: '1d' } },
      ({ auditRetentionSeconds }) => auditRetentionSeconds,
      86_400,
    ],
    [
      'origin.timeout',
      { origin: { url: 'https://o.example', timeout: '5s' } },
      ({ sites }) => sites.get('app.example')?.origin.timeoutMs,
      5000,
    ],
    [
      'identity.assertion',
      { identity: { assertion: false } },
      ({ sites }) => sites.get('app.example')?.assertion,
      null,
    ],
    [
      'identity.audience',
      { identity: { assertion: 'EdDSA', audience: 'me' } },
      ({ sites }) => sites.get('app.example')?.assertion,
      { algorithm: 'EdDSA', audience: 'me' },
    ],
  ])('P14: %s is heeded when it is given', (_name, said, read, expected) => {
    expect(read(settingsOf({ ...MINIMAL, ...said }))).toEqual(expected)
  })
})

describe('problems', () => {
  it('are all reported at once, each with its option', () => {
    expect(
      optionsOf({
        site: { name: '', url: 'intranet', logo: 7 },
        origin: { url: 'https://origin.example/path' },
        rules: [
          { path: 'admin', access: 'user' },
          { path: '/a', access: 'everyone' },
          { path: '/b', access: { roles: [] }, fresh: '15 minutes', mfa: 'yes', via: ['cookie'], deny: 500 },
          { access: 'user' },
        ],
        session: { idle: 12, absolute: '0d', protection: 'paranoid' },
        password: { minLength: 4 },
        throttle: { account: { attempts: 0 } },
        hooks: { onLogin: 'log it' },
        sesion: {},
      }),
    ).toEqual(
      expect.arrayContaining([
        ...[
          'site.name',
          'site.url',
          'site.logo',
          'origin.url',
          'rules[0].path',
          'rules[1].access',
          'rules[2].fresh',
          'rules[2].mfa',
        ],
        ...[
          'rules[2].via[0]',
          'rules[2].deny',
          'rules[3].path',
          'session.idle',
          'session.absolute',
          'session.protection',
        ],
        ...['password.minLength', 'hooks.onLogin', 'sesion'],
      ]),
    )
  })

  it('of a value and between options are reported together', () => {
    expect(
      optionsOf({
        site: { name: 'Acme', url: 'http://app.example', logo: 'logo.svg' },
        origin: { url: 'https://origin.example' },
        rules: [
          { path: '/a', access: 'public', fresh: '15m' },
          { path: '/b', access: 'user', hosts: ['other.example'], deny: 402 },
        ],
        session: { idle: 'long' },
        throttle: 'off',
        colour: 'red',
      }),
    ).toEqual(
      expect.arrayContaining([
        ...[
          'site.url',
          'site.logo',
          'rules[0]',
          'rules[1].hosts',
          'rules[1].deny',
          'session.idle',
          'throttle',
          'colour',
        ],
      ]),
    )
  })

  it('of what is left are reported even when something is missing that nothing goes without', () => {
    expect(
      optionsOf({
        site: MINIMAL.site,
        origin: { url: 'nowhere' },
        rules: [
          { path: '/a', access: 'public', mfa: true },
          'x',
          { path: '/b', access: 'user', hosts: ['x.example'] },
        ],
        throttle: 'off',
      }).sort(),
    ).toEqual(['origin.url', 'rules[0]', 'rules[1]', 'rules[2].hosts', 'throttle'])
    expect(optionsOf({ site: { name: 'x' }, origin: 7, throttle: 'of' }).sort()).toEqual([
      'origin',
      'site.url',
      'throttle',
    ])
  })

  it('are found in hostile files without a crash', () => {
    const cycle: { site?: unknown } = {}
    cycle.site = cycle
    for (const config of [
      undefined,
      7,
      [],
      [[]],
      { rules: {} },
      { rules: [null, [], 7] },
      { sites: [null] },
      { sites: {} },
      cycle,
    ])
      expect(optionsOf(config), String(config)).not.toEqual([])
  })

  it.each<[string, unknown]>([
    ['sesssion', { ...MINIMAL, sesssion: {} }],
    ['site.nmae', { ...MINIMAL, site: { ...MINIMAL.site, nmae: 'x' } }],
    ['rules[0].method', { ...MINIMAL, rules: [{ path: '/', access: 'user', method: 'GET' }] }],
    [
      'rules[1].role',
      {
        ...MINIMAL,
        rules: [
          { path: '/', access: 'user' },
          { path: '/a', access: 'user', role: 'x' },
        ],
      },
    ],
    ['session.revocations', { ...MINIMAL, session: { revocations: '10s' } }],
    ['identity.header', { ...MINIMAL, identity: { header: 'x' } }],
    ['throttle', { ...MINIMAL, throttle: { acount: {} } }],
    ['hooks.onlogin', { ...MINIMAL, hooks: { onlogin: () => {} } }],
    ['next.alow', { ...MINIMAL, next: { alow: [] } }],
    ['registration.mod', { ...MINIMAL, registration: { mod: 'open' } }],
  ])('P14: an unknown option is refused, not ignored: %s', (option, config) => {
    expect(optionsOf(config)).toEqual([option])
  })

  it.each<[string, unknown]>([
    ['site', { origin: MINIMAL.origin }],
    ['origin', { site: MINIMAL.site }],
    ['rules[0].path', { ...MINIMAL, rules: [{ access: 'user' }] }],
    ['rules[0].access', { ...MINIMAL, rules: [{ path: '/' }] }],
    ['rules[0].access', { ...MINIMAL, rules: [{ path: '/', access: { role: 'admin' } }] }],
    ['rules[0].access', { ...MINIMAL, rules: [{ path: '/', access: { roles: ['a'], users: ['b'] } }] }],
    ['rules[0].access.roles', { ...MINIMAL, rules: [{ path: '/', access: { roles: ['two words'] } }] }],
    ['rules[0].methods[0]', { ...MINIMAL, rules: [{ path: '/', access: 'user', methods: ['get'] }] }],
    ['rules[0].methods', { ...MINIMAL, rules: [{ path: '/', access: 'user', methods: [] }] }],
    ['rules[0].hosts', { ...MINIMAL, rules: [{ path: '/', access: 'user', hosts: [] }] }],
    ['rules[0].hosts', { ...MINIMAL, rules: [{ path: '/', access: 'user', hosts: ['x.example'] }] }],
    ['rules[0].via', { ...MINIMAL, rules: [{ path: '/', access: 'user', via: [] }] }],
    ['rules[0].fresh', { ...MINIMAL, rules: [{ path: '/', access: 'user', fresh: false }] }],
    ['rules[0].path', { ...MINIMAL, rules: [{ path: '/a%20b', access: 'user' }] }],
    ['rules[0].path', { ...MINIMAL, rules: [{ path: '/a/../b', access: 'user' }] }],
    ['rules[0]', { ...MINIMAL, rules: [{ path: '/', access: 'guest', mfa: true }] }],
    ['rules[0]', { ...MINIMAL, rules: [{ path: '/', access: 'optional', fresh: true }] }],
    ['basePath', { ...MINIMAL, basePath: '/' }],
    ['basePath', { ...MINIMAL, basePath: '/a/b' }],
    ['site.url', { ...MINIMAL, site: { name: 'x', url: 'https://app.example/sub' } }],
    ['site.url', { ...MINIMAL, site: { name: 'x', url: 'https://u:p@app.example' } }],
    ['site.url', { ...MINIMAL, site: { name: 'x', url: 'https://app.example.' } }],
    ['site.url', { ...MINIMAL, site: { name: 'x', url: 'javascript:alert(1)' } }],
    ['site.hosts', { ...MINIMAL, site: { ...MINIMAL.site, hosts: ['WWW.example'] } }],
    ['site.hosts', { ...MINIMAL, site: { ...MINIMAL.site, hosts: ['www.example/x'] } }],
    ['site.hosts', { ...MINIMAL, site: { ...MINIMAL.site, hosts: ['www.example.'] } }],
    ['site.hosts', { ...MINIMAL, site: { ...MINIMAL.site, hosts: ['*.example'] } }],
    ['site', { ...MINIMAL, site: { ...MINIMAL.site, hosts: ['app.example'] } }],
    ['site.logo', { ...MINIMAL, site: { ...MINIMAL.site, logo: '//evil.example/x.png' } }],
    ['site.logo', { ...MINIMAL, site: { ...MINIMAL.site, logo: 'http://app.example/x.png' } }],
    ['site.colors.accent', { ...MINIMAL, site: { ...MINIMAL.site, colors: { accent: 'red;}' } } }],
    ['next.allow[0]', { ...MINIMAL, next: { allow: ['/x'] } }],
    ['next.allow[0]', { ...MINIMAL, next: { allow: ['javascript:alert(1)'] } }],
    ['registration.mode', { ...MINIMAL, registration: { mode: 'open' } }],
    ['config', null],
    ['config', 'x'],
  ])('%s: %j', (option, config) => {
    const options = optionsOf(config)
    expect(new Set(options)).toContain(option)
  })

  it('a message says what to do', () => {
    const resolved = resolveConfig({ ...MINIMAL, rules: [{ path: 'x', access: 'user' }] })
    expect(resolved).toEqual({
      ok: false,
      problems: [{ option: 'rules[0].path', message: 'must begin with /' }],
    })
  })
})

describe('plain http', () => {
  it.each([
    'http://app.example',
    'http://192.168.1.2',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://0.0.0.0',
  ])('is refused outside localhost: %s', (url) =>
    expect(optionsOf({ ...MINIMAL, site: { name: 'x', url } })).toEqual(['site.url']),
  )

  it.each(['http://localhost:8787', 'http://127.0.0.1', 'http://[::1]:8080', 'http://app.localhost:3000'])(
    'is fine on this machine: %s',
    (url) => {
      const settings = settingsOf({ ...MINIMAL, site: { name: 'x', url } })
      expect(settings.sites.get(new URL(url).host)).toMatchObject({ secure: false, local: true })
    },
  )

  it('P14: limits are switched off on localhost only', () => {
    expect(optionsOf({ ...MINIMAL, throttle: 'off' })).toEqual(['throttle'])
    const site = { name: 'x', url: 'http://localhost:8787' }
    expect(settingsOf({ ...MINIMAL, site, throttle: 'off' }).throttle).toBeNull()
    const sites = [
      { site, origin: MINIMAL.origin },
      { site: MINIMAL.site, origin: MINIMAL.origin },
    ] as Config['sites']
    expect(optionsOf({ sites, throttle: 'off' })).toEqual(['throttle'])
  })
})

describe('the development address', () => {
  const DEV = 'http://localhost:8787'

  it('adds itself and a name below it, and does not change how rules see the host', () => {
    const { sites } = settingsOf(MINIMAL, { EDGEGATE_DEV: DEV })
    expect([...sites.keys()]).toEqual(['app.example', 'localhost:8787', 'app.example.localhost:8787'])
    expect(sites.get('localhost:8787')).toMatchObject({
      key: 'app.example',
      ruleHost: 'app.example',
      publicOrigin: DEV,
      secure: false,
      local: true,
    })
  })

  it.each([
    'https://app.example',
    'http://10.0.0.1:8787',
    'http://localhost.evil.example',
    'http://0.0.0.0:8787',
  ])('P14: only this machine will do: %s', (EDGEGATE_DEV) =>
    expect(optionsOf(MINIMAL, { EDGEGATE_DEV })).toEqual(['EDGEGATE_DEV']),
  )

  it.each(['localhost:8787', '8787', 'x', 'javascript:x', 'file:///x', 'http://'])(
    '%s is a problem, not a crash',
    (text) => {
      expect(optionsOf(MINIMAL, { EDGEGATE_DEV: text })).toEqual(['EDGEGATE_DEV'])
    },
  )

  it('an unreadable origin for development is a problem too', () => {
    expect(optionsOf(MINIMAL, { EDGEGATE_DEV: DEV, EDGEGATE_ORIGIN: 'nowhere' })).toEqual(['EDGEGATE_ORIGIN'])
  })

  it('P14: the other variables count only together with it', () => {
    const variables = { EDGEGATE_ORIGIN: 'http://localhost:9000', EDGEGATE_THROTTLE: 'off' }
    const alone = settingsOf(MINIMAL, variables)
    expect(alone.throttle).not.toBeNull()
    expect(alone.sites.get('app.example')?.origin).toMatchObject({ url: new URL('https://origin.example') })
    const together = settingsOf(MINIMAL, { ...variables, EDGEGATE_DEV: DEV })
    expect(together.throttle).toBeNull()
    expect(together.sites.get('localhost:8787')?.origin).toMatchObject({
      url: new URL('http://localhost:9000'),
    })
  })
})

describe('several sites', () => {
  const site = (url: string, hosts: string[] = []) => ({
    site: { name: url, url, hosts },
    origin: { url: 'https://origin.example' },
  })

  it('each have a host of their own', () => {
    const { sites } = settingsOf({
      sites: [site('https://a.example', ['www.a.example']), site('https://b.example:8443')],
    })
    expect([...sites].map(([host, { key }]) => [host, key])).toEqual([
      ['a.example', 'a.example'],
      ['www.a.example', 'a.example'],
      ['b.example:8443', 'b.example:8443'],
    ])
    expect(sites.get('www.a.example')?.publicOrigin).toBe('https://www.a.example')
  })

  it('may not share one', () => {
    expect(optionsOf({ sites: [site('https://a.example'), site('https://A.example')] })).toEqual([
      'sites[1].site',
    ])
    expect(
      optionsOf({ sites: [site('https://a.example'), site('https://b.example', ['a.example'])] }),
    ).toEqual(['sites[1].site'])
  })

  it('replace the options of one', () => {
    expect(optionsOf({ ...MINIMAL, rules: [], sites: [site('https://a.example')] })).toEqual([
      'site',
      'origin',
      'rules',
    ])
    expect(optionsOf({ sites: [] })).toEqual(['sites'])
  })

  it('have their problems named by their place', () => {
    const broken = { ...site('http://b.example'), rules: [{ path: '/', access: 'guest', mfa: true }] }
    expect(optionsOf({ sites: [site('https://a.example'), broken] })).toEqual([
      'sites[1].site.url',
      'sites[1].rules[0]',
    ])
  })
})

describe('warnings', () => {
  const warningsOf = (rules: Config['rules']) => {
    const resolved = resolveConfig({ ...MINIMAL, rules })
    return resolved.ok ? resolved.warnings.map(({ option }) => option) : 'refused'
  }

  it('name rules that never match', () => {
    expect(warningsOf([{ path: '/auth/login', access: 'public' }])).toEqual(['rules[0]'])
    expect(
      warningsOf([
        { path: '/a', access: 'public' },
        { path: '/a', access: 'user' },
      ]),
    ).toEqual(['rules[1]'])
    expect(
      warningsOf([
        { path: '/**', access: 'user' },
        { path: '/a', access: 'public' },
      ]),
    ).toEqual(['rules[1]'])
  })

  it('are not given for rules that differ in method', () => {
    expect(
      warningsOf([
        { path: '/a', access: 'public', methods: ['GET'] },
        { path: '/a', access: 'user' },
        { path: '/authors', access: 'user' },
      ]),
    ).toEqual([])
  })
})
