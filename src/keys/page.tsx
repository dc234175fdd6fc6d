import { type ApiKey, HOUR_MS } from '../token/api-keys.ts'
import type { RefreshFamily } from '../token/refresh-families.ts'
import { type AccountFrame, accountDocument } from '../ui/account-layout.tsx'
import { SafeLink } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { describeAgo } from '../ui/text/ago.ts'
import { fill, type Texts } from '../ui/text/text.ts'
import { TextField } from '../ui/text-field.tsx'
import { visibleText } from '../ui/visible-text.ts'

export const EXPIRIES = ['30d', '90d', '365d', 'never'] as const

/** What the form shows, as it was typed. */
export interface TypedKey {
  readonly name: string
  readonly scopes: string
  readonly paths: string
  readonly access: 'all' | 'read'
  readonly expires: (typeof EXPIRIES)[number]
}

export interface KeysPageProps {
  readonly frame: AccountFrame
  /** Unix milliseconds. */
  readonly now: number
  readonly keys: readonly ApiKey[]
  readonly programs: readonly RefreshFamily[]
  /** The key that has just been made, with its text: shown this once. */
  readonly made: { readonly key: ApiKey; readonly text: string } | null
  readonly problem: 'fields' | 'too_many' | null
  /** Fields that cannot be taken as they are. */
  readonly wrong: readonly string[]
  readonly done: 'revoked' | 'ended' | null
  /** Whether the sign-in is fresh enough. */
  readonly mayMake: boolean
  readonly typed: TypedKey
}

export function renderKeysPage(props: KeysPageProps): string {
  const { frame, keys, programs, made } = props
  const { texts } = frame
  return accountDocument(frame, {
    section: '/account/keys',
    failed: props.problem !== null,
    children: (
      <>
        <News {...props} />
        {made !== null && <MadeKey texts={texts} name={made.key.name} text={made.text} />}
        <p class="muted">{texts.keysHint}</p>
        {keys.length > 0 && (
          <ul class="rows">
            {keys.map((key) => (
              <KeyRow texts={texts} now={props.now} apiKey={key} />
            ))}
          </ul>
        )}
        <section>
          <h2>{texts.keysNew}</h2>
          {props.mayMake ? <NewKeyForm {...props} /> : <Confirm frame={frame} />}
        </section>
        {programs.length > 0 && (
          <section>
            <h2>{texts.programsTitle}</h2>
            <p class="muted">{texts.programsHint}</p>
            <ul class="rows">
              {programs.map((program) => (
                <ProgramRow texts={texts} now={props.now} program={program} />
              ))}
            </ul>
          </section>
        )}
      </>
    ),
  })
}

function News({ frame: { texts }, problem, done }: KeysPageProps) {
  if (problem !== null) {
    return (
      <Notice tone="bad">
        <p>{problem === 'too_many' ? texts.keysTooMany : texts.problemFields}</p>
      </Notice>
    )
  }
  if (done === null) return null
  return (
    <Notice tone="good">
      <p>{done === 'revoked' ? texts.keysDoneRevoked : texts.programsDoneEnded}</p>
    </Notice>
  )
}

/** In a field, so that it can be selected and copied as one. */
function MadeKey({ texts, name, text }: { texts: Texts; name: string; text: string }) {
  return (
    <>
      <Notice tone="good">
        <p>{texts.keysMade}</p>
      </Notice>
      <div class="field">
        <label for="made">
          <bdi>{visibleText(name)}</bdi>
        </label>
        <input class="input code" id="made" type="text" readonly value={text} dir="ltr" spellcheck={false} />
      </div>
    </>
  )
}

function KeyRow({ texts, now, apiKey }: { texts: Texts; now: number; apiKey: ApiKey }) {
  const ago = (at: number) => describeAgo(at, now, texts.lang, texts.justNow)
  const { id, name, hint, scopes, paths, methods, usedAt, createdAt, expiresAt } = apiKey
  const limits = [...(methods ?? []), ...(paths ?? [])]
  return (
    <li>
      <div>
        <bdi class="strong">{visibleText(name)}</bdi>
        <span class="hint">
          <code>{hint}…</code> · {usedText(texts, usedAt, now)}
        </span>
        <span class="hint">
          {fill(texts.keysMadeAgo, { ago: ago(createdAt) })} ·{' '}
          <Expiry texts={texts} now={now} at={expiresAt} />
        </span>
        {(scopes.length > 0 || limits.length > 0) && (
          <span class="hint">
            <bdi>{[...scopes, ...limits].join(' ')}</bdi>
          </span>
        )}
      </div>
      <EndButton action="revoke" id={id} label={texts.keysRevoke} of={name} />
    </li>
  )
}

/** Only the hour is kept. */
function usedText(texts: Texts, usedAt: number | null, now: number): string {
  if (usedAt === null) return texts.keysUnused
  if (now - usedAt < HOUR_MS) return texts.keysUsedLately
  return fill(texts.keysUsed, { ago: describeAgo(usedAt, now, texts.lang, texts.justNow) })
}

function Expiry({ texts, now, at }: { texts: Texts; now: number; at: number | null }) {
  if (at === null) return <>{texts.keysNeverEnds}</>
  if (at <= now) return <>{texts.keysEnded}</>
  const day = new Date(at).toISOString().slice(0, 10)
  return (
    <>
      {texts.keysEnds} <time datetime={day}>{day}</time>
    </>
  )
}

function ProgramRow({ texts, now, program }: { texts: Texts; now: number; program: RefreshFamily }) {
  const ago = (at: number) => describeAgo(at, now, texts.lang, texts.justNow)
  const { id, clientId, client, site, rotatedAt, createdAt } = program
  return (
    <li>
      <div>
        <bdi class="strong">{visibleText(clientId)}</bdi>
        <span class="hint">
          <bdi>{visibleText(client.agent)}</bdi> · <bdi>{visibleText(client.network)}</bdi> ·{' '}
          <bdi>{visibleText(site)}</bdi>
        </span>
        <span class="hint">{fill(texts.accountSeen, { seen: ago(rotatedAt), started: ago(createdAt) })}</span>
      </div>
      <EndButton action="end" id={id} label={texts.logoutSubmit} of={clientId} />
    </li>
  )
}

function EndButton(props: { action: 'revoke' | 'end'; id: string; label: string; of: string }) {
  return (
    <form method="post">
      <input type="hidden" name="action" value={props.action} />
      <input type="hidden" name="id" value={props.id} />
      <button
        class="button quiet small-button"
        type="submit"
        aria-label={`${props.label}: ${visibleText(props.of)}`}
      >
        {props.label}
      </button>
    </form>
  )
}

/** Asked before the form and not after it, so that nobody fills it in for nothing. */
function Confirm({ frame: { texts, basePath } }: { frame: AccountFrame }) {
  const next = new URLSearchParams({ next: `${basePath}/account/keys` })
  return (
    <>
      <p class="muted">{texts.keysConfirmHint}</p>
      <SafeLink class="button narrow" href={`${basePath}/reauth?${next}`}>
        {texts.keysConfirm}
      </SafeLink>
    </>
  )
}

function NewKeyForm({ frame: { texts, basePath }, typed, wrong }: KeysPageProps) {
  const errorOf = (field: string, text: string) => (wrong.includes(field) ? text : null)
  const ends = {
    '30d': texts.keysDays30,
    '90d': texts.keysDays90,
    '365d': texts.keysYear,
    never: texts.keysNever,
  }
  return (
    <form method="post" action={`${basePath}/account/keys/new`} class="narrow">
      <TextField
        name="name"
        label={texts.keysName}
        value={typed.name}
        autocomplete="off"
        required
        error={errorOf('name', texts.accountNameInvalid)}
      />
      <fieldset class="choices">
        <legend>{texts.keysAccess}</legend>
        <Choice name="access" value="all" label={texts.keysAccessAll} isChosen={typed.access === 'all'} />
        <Choice name="access" value="read" label={texts.keysAccessRead} isChosen={typed.access === 'read'} />
      </fieldset>
      <TextField
        name="paths"
        label={texts.keysPaths}
        value={typed.paths}
        autocomplete="off"
        error={errorOf('paths', texts.keysPathsInvalid)}
      />
      <TextField
        name="scopes"
        label={texts.keysScopes}
        value={typed.scopes}
        autocomplete="off"
        error={errorOf('scopes', texts.keysScopesInvalid)}
      />
      <div class="field">
        <label for="expires">{texts.keysExpires}</label>
        <select class="input" id="expires" name="expires">
          {EXPIRIES.map((each) => (
            <option value={each} selected={each === typed.expires}>
              {ends[each]}
            </option>
          ))}
        </select>
      </div>
      <button class="button" type="submit">
        {texts.keysMake}
      </button>
    </form>
  )
}

function Choice(props: { name: string; value: string; label: string; isChosen: boolean }) {
  const id = `${props.name}-${props.value}`
  return (
    <div class="choice">
      <input type="radio" id={id} name={props.name} value={props.value} checked={props.isChosen} />
      <div>
        <label for={id}>{props.label}</label>
      </div>
    </div>
  )
}
