import { renderDataPage } from '../../src/account/data-page.tsx'
import { renderHistoryPage } from '../../src/account/history-page.tsx'
import { type PasswordPageProps, renderPasswordPage } from '../../src/account/password-page.tsx'
import { type ProfilePageProps, renderProfilePage } from '../../src/account/profile-page.tsx'
import type { ListedSession } from '../../src/account/sessions.ts'
import { renderSessionsPage } from '../../src/account/sessions-page.tsx'
import { type AddressPageProps, renderAddressPage } from '../../src/address/page.tsx'
import { renderUndoPage } from '../../src/address/undo-page.tsx'
import type { PastEvent } from '../../src/audit/audit.ts'
import { renderDeletePage } from '../../src/deletion/page.tsx'
import { renderAppPage } from '../../src/factors/app-page.tsx'
import { renderCodesPage } from '../../src/factors/codes-page.tsx'
import { renderRemovePage, renderRenamePage } from '../../src/factors/factor-page.tsx'
import { renderFactorsPage } from '../../src/factors/factors-page.tsx'
import { renderPasskeyPage } from '../../src/factors/passkey-page.tsx'
import { renderSetupPage } from '../../src/factors/setup-page.tsx'
import { renderAskPage, renderEnterPage, renderOutcomePage } from '../../src/handoff/approving-page.tsx'
import {
  renderBeginPage,
  renderDeniedPage,
  renderReadyPage,
  renderWaitingPage,
} from '../../src/handoff/waiting-page.tsx'
import type { Handoff } from '../../src/handover/handoffs.ts'
import { type KeysPageProps, renderKeysPage } from '../../src/keys/page.tsx'
import {
  renderElsewherePage,
  renderHerePage,
  renderLinkPage,
  renderWaitPage as renderLinkWaitPage,
} from '../../src/link/pages.tsx'
import { renderLoginPage } from '../../src/login/page.tsx'
import { renderLogoutPage } from '../../src/logout/page.tsx'
import { renderMfaPage } from '../../src/mfa/page.tsx'
import { renderReauthPage } from '../../src/reauth/page.tsx'
import { renderForgotPage, renderResetPage } from '../../src/recover/pages.tsx'
import {
  type RegisterPageProps,
  renderMadePage,
  renderNoInvitationPage,
  renderRegisterPage,
} from '../../src/register/page.tsx'
import { renderSignUpPage, type SignUpPageProps } from '../../src/register/sign-up-page.tsx'
import type { Field } from '../../src/resume/contents.ts'
import {
  type ResumePageProps,
  renderGonePage,
  renderOtherAccountPage,
  renderResumePage,
} from '../../src/resume/page.tsx'
import type { AccountFrame } from '../../src/ui/account-layout.tsx'
import { type MessageKind, renderMessagePage } from '../../src/ui/message-page.tsx'
import { renderNoticePage } from '../../src/ui/notice-page.tsx'
import { type Language, type Texts, textsFor } from '../../src/ui/text/text.ts'
import { type CompiledTheme, compileTheme, type SiteTheme } from '../../src/ui/theme.ts'
import { renderConfirmPage, renderCreatePage, renderWaitPage } from '../../src/verify/pages.tsx'

export const SITE: SiteTheme = {
  name: 'Acme intranet',
  logoUrl: null,
  colors: { accent: '#2456e6', accentDark: null },
  links: [{ label: 'Imprint', url: '/imprint' }],
}

export const MESSAGE_KINDS: readonly MessageKind[] = [
  'forbidden',
  'not_found',
  'bad_request',
  'fault',
  'origin_unreachable',
  'origin_timeout',
  'too_many',
  'misdirected',
  'method_not_allowed',
  'signed_in',
  'signed_out',
  'unsupported',
  'too_large',
]

/** Free text that reaches a page, and addresses that a page links to. */
export interface Filling {
  readonly text: string
  readonly href: string
}

export const HARMLESS: Filling = { text: 'ada@acme.example', href: '/somewhere' }

/** A theme whose every free text and address is the filling's. */
export function themeOf(filling: Filling): Promise<CompiledTheme> {
  return compileTheme({
    ...SITE,
    name: `A${filling.text}`,
    logoUrl: filling.href,
    links: [{ label: filling.text, url: filling.href }],
  })
}

/** Every page in every state, with the filling wherever a value comes from outside. */
export function everyPage(
  theme: CompiledTheme,
  language: Language,
  { text, href }: Filling,
): readonly string[] {
  const texts = textsFor(language)
  const form = {
    texts,
    theme,
    action: href,
    next: text,
    requestId: text,
    retryAfterSeconds: 170,
    post: 'kept',
  } as const
  const login = {
    ...form,
    identifier: text,
    remember: true,
    human: null,
    passkey: {
      kind: 'get',
      options: { rpId: text },
      action: '/auth/passkey',
      scriptHref: '/auth/assets/passkey.js',
    },
    links: [{ label: 'signIn', href }],
  } as const
  const reauth = { ...form, user: { label: text, identifier: text }, signOutHref: href }
  const logout = { ...form, user: { label: text }, cancelHref: href }
  const problems = [
    'wrong_credentials',
    'throttled',
    'cross_site',
    'fault',
    'invalid_form',
    'not_human',
    'human_unavailable',
  ] as const
  const news = ['session_ended', 'remember_stolen', 'signed_out', 'password_reset', 'sign_in_over'] as const
  const missing = { identifier: 'identifierMissing', password: 'passwordMissing' } as const
  return [
    ...[null, ...problems, ...news].map((problem) => renderLoginPage({ ...login, problem })),
    renderLoginPage({ ...login, problem: 'invalid_form', fieldErrors: missing }),
    ...([null, 'cross_site', 'fault'] as const).map((problem) => renderLogoutPage({ ...logout, problem })),
    ...[null, ...problems].map((problem) => renderReauthPage({ ...reauth, problem, reason: 'stale' })),
    renderReauthPage({ ...reauth, problem: null, reason: 'remembered' }),
    renderReauthPage({ ...reauth, problem: null, reason: 'moved' }),
    renderLoginPage({ ...login, problem: 'throttled', post: 'lost' }),
    ...accountPages(texts, theme, text),
    ...recoveryPages(texts, theme, text),
    ...linkPages(texts, theme, text),
    ...signUpPages(texts, theme, text),
    ...addressPages(texts, theme, text),
    ...resumePages(texts, theme, text),
    ...keyPages(texts, theme, text),
    ...handoffPages(texts, theme, text),
    renderReauthPage({ ...reauth, problem: null, reason: 'elsewhere' }),
    ...factorPages(texts, theme, text),
    ...MESSAGE_KINDS.map((kind) =>
      renderMessagePage({ ...form, kind, userLabel: text, loginHref: href, homeHref: href }),
    ),
  ]
}

/** Signing in by mail, in every state. */
function linkPages(texts: Texts, theme: CompiledTheme, text: string): readonly string[] {
  const frame = { texts, theme, problem: null, retryAfterSeconds: 170, requestId: text }
  const ask = {
    ...frame,
    identifier: text,
    remember: true,
    next: text,
    loginHref: '/auth/login',
    human: null,
  }
  const wait = { ...frame, number: '42', isApproved: false, wrong: null, againHref: '/auth/link' }
  const opened = { ...frame, token: text, email: text }
  const asker = { browser: text, place: text, when: text }
  return [
    ...([null, 'throttled', 'invalid_form'] as const).map((problem) => renderLinkPage({ ...ask, problem })),
    ...([null, 'code', 'not_yet'] as const).map((wrong) => renderLinkWaitPage({ ...wait, wrong })),
    renderLinkWaitPage({ ...wait, problem: 'throttled' }),
    renderLinkWaitPage({ ...wait, isApproved: true }),
    renderHerePage(opened),
    renderHerePage({ ...opened, problem: 'throttled' }),
    renderElsewherePage({ ...opened, asker, mayApprove: true, isWrongNumber: false }),
    renderElsewherePage({ ...opened, asker, mayApprove: true, isWrongNumber: true }),
    renderElsewherePage({ ...opened, asker, mayApprove: false, isWrongNumber: false }),
  ]
}

/** Signing up and proving an address, in every state. */
function signUpPages(texts: Texts, theme: CompiledTheme, text: string): readonly string[] {
  const frame = { texts, theme, problem: null, retryAfterSeconds: 170, requestId: text }
  const form: SignUpPageProps = {
    ...frame,
    typed: { email: text, name: text, username: text },
    choosesUsername: true,
    next: text,
    minLength: 15,
    emailDomains: [],
    wrong: null,
    weaknesses: [],
    loginHref: '/auth/login',
    human: null,
  }
  const wait = { ...frame, email: text, againHref: '/auth/register', isNotYet: false, isDone: false }
  const create = { ...frame, token: text, email: text, minLength: 15, isWrongName: false, weaknesses: [] }
  const confirm = { ...frame, token: text, email: text, isChange: false, siteName: text }
  return [
    renderSignUpPage(form),
    ...(['email', 'name', 'username'] as const).map((field) =>
      renderSignUpPage({ ...form, problem: 'invalid_form', wrong: { field, code: 'invalid' } }),
    ),
    renderSignUpPage({
      ...form,
      problem: 'invalid_form',
      emailDomains: [text, text],
      wrong: { field: 'email', code: 'domain' },
    }),
    renderSignUpPage({ ...form, problem: 'invalid_form', weaknesses: ['common'] }),
    renderWaitPage({ ...wait, isWrongCode: false }),
    renderWaitPage({ ...wait, isWrongCode: true }),
    renderWaitPage({ ...wait, isWrongCode: false, isNotYet: true }),
    renderWaitPage({ ...wait, isWrongCode: false, isDone: true }),
    renderCreatePage({ ...create, typed: null }),
    renderCreatePage({ ...create, typed: { name: text } }),
    renderCreatePage({ ...create, typed: { name: text }, problem: 'invalid_form', weaknesses: ['common'] }),
    renderConfirmPage({ ...confirm, asksPassword: false }),
    renderConfirmPage({ ...confirm, isChange: true, asksPassword: true, problem: 'wrong_credentials' }),
  ]
}

/** The address of an account, in every state. */
function addressPages(texts: Texts, theme: CompiledTheme, text: string): readonly string[] {
  const page: AddressPageProps = {
    frame: { texts, theme, basePath: '/auth', label: text },
    email: text,
    isVerified: true,
    isOffered: true,
    emailDomains: [text],
    typed: text,
    isSent: false,
    problem: null,
    wrong: null,
    retryAfterSeconds: 170,
    requestId: text,
  }
  return [
    renderAddressPage({ ...page, isSent: true }),
    renderAddressPage({ ...page, isVerified: false, problem: 'throttled' }),
    renderAddressPage({ ...page, email: null, isOffered: false }),
    ...(['invalid', 'domain', 'same'] as const).map((wrong) =>
      renderAddressPage({ ...page, problem: 'invalid_form', wrong }),
    ),
    renderUndoPage({ texts, theme, token: text, email: text }),
    renderDeletePage({ frame: page.frame, date: text, isUnconfirmed: true }),
    renderDeletePage({ frame: page.frame, date: null, isUnconfirmed: false }),
  ]
}

/** Second factors: shown, set up, looked after. */
function factorPages(texts: Texts, theme: CompiledTheme, text: string): readonly string[] {
  const page = { texts, theme, basePath: '/auth', backHref: '/auth/account/factors', next: text }
  const ask = { kind: 'get', options: { rpId: text }, scriptHref: '/auth/assets/passkey.js' } as const
  const mfa = {
    ...page,
    isSignIn: true,
    label: text,
    ways: ['passkey', 'totp', 'recovery'],
    passkey: ask,
    isSent: false,
    post: null,
    trustDays: 30,
    problem: null,
    retryAfterSeconds: null,
    requestId: text,
  } as const
  const setup = {
    sealed: 'sealed',
    seed: 'JBSWY3DPEHPK3PXP',
    uri: 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP',
  }
  const factor = {
    id: 'app_1',
    kind: 'totp',
    name: text,
    createdAt: 0,
    lastUsedAt: 0,
    isSynced: false,
  } as const
  const frame = { texts, theme, basePath: '/auth', label: text }
  const client = { agent: text, network: text, place: text }
  const device = { id: 'x', site: text, client, provedAt: 0, lastUsedAt: 0, expiresAt: 0 }
  const list = { frame, now: 1, factors: [], recoveryCodes: 0, trusted: [], isOffered: true, news: null }
  const passkey = { ...factor, id: 'passkey_1', kind: 'passkey', isSynced: true, lastUsedAt: null } as const
  return [
    ...mfa.ways.map((way) => renderMfaPage({ ...mfa, way })),
    ...[false, true].map((isSent) => renderMfaPage({ ...mfa, way: 'email', isSent })),
    renderMfaPage({ ...mfa, way: 'totp', isSignIn: false, problem: 'wrong_credentials' }),
    renderMfaPage({ ...mfa, way: 'recovery', next: null, problem: 'throttled', retryAfterSeconds: 9 }),
    ...(['none', 'required', { dueDate: text }] as const).map((pressure) =>
      renderSetupPage({ ...page, next: '/x', pressure }),
    ),
    ...([null, 'wrong_code', 'wrong_name', 'over'] as const).map((problem) =>
      renderAppPage({ ...page, setup, name: text, problem }),
    ),
    ...([null, 'wrong_name', 'refused'] as const).map((problem) =>
      renderPasskeyPage({ ...page, ask: { ...ask, kind: 'create' }, name: text, problem }),
    ),
    renderCodesPage({ ...page, codes: [text], next: '/x' }),
    renderFactorsPage(list),
    renderFactorsPage({
      ...list,
      factors: [factor, passkey],
      recoveryCodes: 9,
      trusted: [device],
      news: 'last_factor',
    }),
    renderRenamePage({ ...page, factor, typed: text }),
    renderRemovePage({ ...page, factor, isLast: false }),
    renderRemovePage({ ...page, factor, isLast: true }),
  ]
}

/** Forgotten passwords, in every state. */
function recoveryPages(texts: Texts, theme: CompiledTheme, text: string): readonly string[] {
  const form = { texts, theme, retryAfterSeconds: 170, requestId: text, human: null }
  const reset = { ...form, token: text, email: text, minLength: 15, weaknesses: [] }
  const paragraphs = [text, text]
  const links = [{ label: text, href: '/auth/login' }]
  return [
    ...([null, 'throttled', 'invalid_form'] as const).flatMap((problem) => [
      renderForgotPage({ ...form, problem, identifier: text, loginHref: '/auth/login' }),
      renderResetPage({ ...reset, problem }),
    ]),
    renderResetPage({ ...reset, problem: 'invalid_form', weaknesses: ['too_short', 'common'] }),
    renderNoticePage({ texts, theme, icon: 'mail', tone: 'good', title: text, paragraphs, links }),
  ]
}

/** Both devices of a handoff, from the first page to the last. */
function handoffPages(texts: Texts, theme: CompiledTheme, text: string): readonly string[] {
  const waiting = { texts, theme, loginHref: '/auth/login', approveHref: '/auth/login' }
  const shown = {
    code: text,
    number: text,
    address: text,
    addressWithCode: 'https://site.example/auth/handoff?code=BBBB-BBBB',
    scriptHref: '/auth/assets/handoff.js',
    stateHref: '/auth/api/handoff',
  }
  const approving = { texts, theme, basePath: '/auth', userLabel: text }
  const client = { agent: text, network: text, city: text, country: 'NL' }
  const handoff: Handoff = {
    id: text,
    state: 'waiting',
    number: text,
    choices: [text, text, text],
    client,
    remember: true,
    createdAt: 1.8e12,
    expiresAt: 1.8e12,
  }
  const ask = { ...approving, handoff, code: text, siteName: text, sameNetwork: false, now: 1.8e12 }
  return [
    ...([null, 'throttled', 'over', 'withdrawn'] as const).map((problem) =>
      renderBeginPage({ ...waiting, remember: true, problem }),
    ),
    renderWaitingPage({ ...waiting, shown }),
    renderReadyPage({ ...waiting, scriptHref: shown.scriptHref }),
    renderDeniedPage(waiting),
    renderEnterPage({ ...approving, typed: text, problem: null }),
    renderEnterPage({ ...approving, typed: text, problem: { kind: 'unknown' } }),
    renderEnterPage({ ...approving, typed: text, problem: { kind: 'throttled', retryAfterSeconds: 170 } }),
    renderAskPage(ask),
    renderAskPage({
      ...ask,
      sameNetwork: null,
      handoff: { ...handoff, client: { ...client, city: null, country: null } },
    }),
    ...(['approved', 'refused', 'wrong', 'spent'] as const).map((outcome) =>
      renderOutcomePage({ ...approving, outcome }),
    ),
  ]
}

/** A form that was kept, and what may have become of it. */
function resumePages(texts: Texts, theme: CompiledTheme, text: string): readonly string[] {
  const page: ResumePageProps = {
    texts,
    theme,
    id: text,
    address: `https://site.example/${encodeURIComponent(text.toWellFormed())}`,
    target: `/${text}`,
    userLabel: text,
    contents: null,
    bytes: 1234,
    secondsLeft: 540,
  }
  const values: readonly Field['value'][] = [
    { kind: 'text', text: `${text}\r\n${text}` },
    { kind: 'text', text: ' ' },
    { kind: 'file', name: text, bytes: 1_234_567 },
    { kind: 'secret' },
  ]
  const fields = values.map((value) => ({ name: text, value }))
  return [
    renderResumePage(page),
    renderResumePage({ ...page, contents: { fields: [], more: 0 } }),
    renderResumePage({ ...page, contents: { fields, more: 7 } }),
    renderGonePage({ texts, theme }),
    renderOtherAccountPage({ texts, theme, id: text, userLabel: text, switchHref: '/auth/login?switch=1' }),
  ]
}

/** API keys and programs: none, all at once, a new one, a form that was refused. */
function keyPages(texts: Texts, theme: CompiledTheme, text: string): readonly string[] {
  const now = 1.8e12
  const key = {
    id: text,
    userId: text,
    site: text,
    name: text,
    hint: text,
    scopes: [text],
    paths: [text],
    methods: [text],
    createdAt: now - 90_000_000,
    expiresAt: now + 90_000_000,
    usedAt: now,
  }
  const program = {
    id: text,
    userId: text,
    site: text,
    clientId: text,
    scope: text,
    methods: ['pwd'],
    client: { agent: text, network: text, place: text },
    authenticatedAt: now,
    position: 0,
    createdAt: now,
    rotatedAt: now,
    expiresAt: now,
  }
  const blank: KeysPageProps = {
    frame: { texts, theme, basePath: '/auth', label: text },
    now,
    keys: [],
    programs: [],
    made: null,
    problem: null,
    wrong: [],
    done: null,
    mayMake: false,
    typed: { name: text, scopes: text, paths: text, access: 'all', expires: '90d' },
  }
  const full = {
    ...blank,
    mayMake: true,
    keys: [key, { ...key, expiresAt: null, usedAt: null }],
    programs: [program],
  }
  return [
    renderKeysPage(blank),
    renderKeysPage({ ...full, done: 'revoked' }),
    renderKeysPage({ ...full, made: { key, text } }),
    renderKeysPage({ ...full, problem: 'fields', wrong: ['name', 'paths', 'scopes'] }),
    renderKeysPage({ ...full, problem: 'too_many' }),
  ]
}

/** The account in its states: nothing to tell, and everything at once. */
function accountPages(texts: Texts, theme: CompiledTheme, text: string): readonly string[] {
  const now = 1.8e12
  const session: ListedSession = {
    id: text,
    state: 'open',
    site: text,
    client: text,
    network: text,
    place: text,
    startedAt: now - 90_000_000,
    seenAt: now,
    remembered: true,
    methods: ['pwd'],
    current: true,
  }
  const event: PastEvent = {
    at: now - 7_200_000,
    event: 'session.started',
    site: text,
    network: text,
    detail: { client: text, place: text },
  }
  const frame: AccountFrame = { texts, theme, basePath: '/auth', label: text }
  const profile: ProfilePageProps = {
    frame,
    email: text,
    typed: { name: text, username: text, language: text },
    choosesUsername: true,
    isSaved: false,
    problem: null,
  }
  const sessions = [session, { ...session, current: false, state: 'remembered' as const }]
  const password: PasswordPageProps = {
    frame,
    identifier: text,
    minLength: 15,
    isChanged: false,
    problem: null,
    weaknesses: [],
    retryAfterSeconds: 170,
    requestId: text,
  }
  const register: RegisterPageProps = {
    texts,
    theme,
    invitation: text,
    email: text,
    typed: { name: text, username: text },
    choosesUsername: true,
    next: text,
    minLength: 15,
    problem: null,
    wrong: null,
    weaknesses: [],
    retryAfterSeconds: 170,
    requestId: text,
  }
  return [
    renderNoInvitationPage({ texts, theme, loginHref: '/auth/login' }),
    renderMadePage({ texts, theme, loginHref: '/auth/login' }),
    renderRegisterPage(register),
    renderRegisterPage({ ...register, choosesUsername: false }),
    renderRegisterPage({ ...register, problem: 'throttled' }),
    renderRegisterPage({ ...register, problem: 'invalid_form', wrong: { field: 'name', code: 'invalid' } }),
    renderRegisterPage({ ...register, problem: 'invalid_form', wrong: { field: 'username', code: 'taken' } }),
    renderRegisterPage({ ...register, problem: 'invalid_form', weaknesses: ['too_short', 'common'] }),
    renderProfilePage(profile),
    renderProfilePage({ ...profile, isSaved: true, choosesUsername: false }),
    renderProfilePage({ ...profile, problem: { field: 'name', code: 'invalid' } }),
    renderProfilePage({ ...profile, problem: { field: 'username', code: 'invalid' } }),
    renderProfilePage({ ...profile, problem: { field: 'username', code: 'taken' } }),
    ...([null, 'ended', 'others', 'gone'] as const).map((done) =>
      renderSessionsPage({ frame, now, done, sessions, showsSites: true }),
    ),
    renderHistoryPage({ frame, now, timeZone: null, events: [], isNewest: false, olderHref: null }),
    renderHistoryPage({
      frame,
      now,
      timeZone: text,
      events: [event],
      isNewest: true,
      olderHref: '/auth/account/history?before=1-1',
    }),
    renderDataPage(frame),
    renderPasswordPage({ ...password, isChanged: true }),
    ...([null, 'wrong_credentials', 'throttled', 'fault', 'cross_site'] as const).map((problem) =>
      renderPasswordPage({ ...password, problem }),
    ),
    renderPasswordPage({
      ...password,
      problem: 'invalid_form',
      weaknesses: ['too_short', 'too_long', 'not_text', 'common', 'contains_personal', 'breached'],
    }),
  ]
}

export interface Tag {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

/** What an HTML parser sees: every element with its attributes, in order. */
export async function parseTags(html: string): Promise<readonly Tag[]> {
  const tags: Tag[] = []
  const collector = new HTMLRewriter().on('*', {
    element(element) {
      const attributes = Object.fromEntries(
        [...element.attributes].map(([name = '', value = '']) => [name, value]),
      )
      tags.push({ name: element.tagName, attributes })
    },
  })
  await collector.transform(new Response(html)).text()
  return tags
}
