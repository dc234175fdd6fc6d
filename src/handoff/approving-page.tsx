import { showCode } from '../handover/code.ts'
import type { Handoff } from '../handover/handoffs.ts'
import { Icon } from '../ui/icon.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { FormProblemNotice } from '../ui/problem.tsx'
import { describeAgo } from '../ui/text/ago.ts'
import { fill, type Texts } from '../ui/text/text.ts'
import { TextField } from '../ui/text-field.tsx'
import type { CompiledTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'

export interface ApprovingFrame {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly basePath: string
  readonly userLabel: string
}

export type EnterProblem =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** Asks for the code. A GET: entering it changes nothing, and a camera does the same. */
export function renderEnterPage(
  props: ApprovingFrame & { readonly typed: string; readonly problem: EnterProblem | null },
): string {
  const { texts, theme, problem } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.handoffEnterTitle} failed={problem !== null}>
      <h1>{texts.handoffEnterTitle}</h1>
      <p class="muted">{texts.handoffEnterText}</p>
      {problem?.kind === 'throttled' && (
        <FormProblemNotice
          texts={texts}
          problem="throttled"
          retryAfterSeconds={problem.retryAfterSeconds}
          requestId={null}
          hasFieldErrors={false}
          wrongCredentials="problemWrongCredentials"
        />
      )}
      <form method="get">
        <TextField
          name="code"
          label={texts.handoffCode}
          value={props.typed}
          autocomplete="one-time-code"
          error={problem?.kind === 'unknown' ? texts.handoffUnknown : null}
          autofocus
          required
        />
        <button class="button" type="submit">
          {texts.handoffEnterSubmit}
        </button>
      </form>
      <ul class="links">
        <li>
          <SafeLink href="/">{texts.goHome}</SafeLink>
        </li>
      </ul>
    </Layout>,
  )
}

export interface AskPageProps extends ApprovingFrame {
  readonly handoff: Handoff
  readonly code: string
  readonly siteName: string
  /** `null` where the platform tells no network of one of the two. */
  readonly sameNetwork: boolean | null
  /** Unix milliseconds. */
  readonly now: number
}

/**
 * Shows what would be approved, and asks for the number that the other device shows: who is looking at it knows it, who is being talked
 * into something does not. No button approves without it.
 */
export function renderAskPage(props: AskPageProps): string {
  const { texts, theme, handoff, code } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.handoffAskTitle}>
      <h1>{texts.handoffAskTitle}</h1>
      <Notice tone="bad">
        <p>{fill(texts.handoffWarning, { site: visibleText(props.siteName) })}</p>
      </Notice>
      <dl class="fields">
        <Fact name={texts.signedInAs} value={props.userLabel} />
        <Fact name={texts.handoffCode} value={showCode(code)} />
        <Fact name={texts.handoffDevice} value={handoff.client.agent} />
        <Fact name={texts.handoffPlace} value={describePlace(props)} />
        <Fact
          name={texts.handoffStarted}
          value={describeAgo(handoff.createdAt, props.now, texts.lang, texts.justNow)}
        />
      </dl>
      <form method="post" class="after">
        <input type="hidden" name="action" value="decide" />
        <input type="hidden" name="code" value={code} />
        <fieldset>
          <legend>{texts.handoffWhich}</legend>
          <div class="numbers">
            {handoff.choices.map((number) => (
              <button
                class="button quiet"
                type="submit"
                name="number"
                value={number}
                aria-label={fill(texts.handoffChoose, { number })}
              >
                {number}
              </button>
            ))}
          </div>
          <p class="hint">{texts.handoffChooseHint}</p>
        </fieldset>
      </form>
      <form method="post" class="after">
        <input type="hidden" name="action" value="refuse" />
        <input type="hidden" name="code" value={code} />
        <button class="button" type="submit">
          {texts.handoffRefuse}
        </button>
      </form>
    </Layout>,
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <bdi>{visibleText(value)}</bdi>
      </dd>
    </div>
  )
}

/** `Utrecht, Netherlands (not the network of this device)`, as far as it is known. */
function describePlace({ texts, handoff: { client }, sameNetwork }: AskPageProps): string {
  const country = client.country === null ? null : nameOfCountry(client.country, texts.lang)
  const place = [client.city, country].filter((part) => part !== null).join(', ')
  const said = place === '' ? (client.network ?? texts.handoffPlaceUnknown) : place
  if (sameNetwork === null) return said
  return `${said} (${sameNetwork ? texts.handoffSameNetwork : texts.handoffOtherNetwork})`
}

function nameOfCountry(code: string, language: string): string {
  return new Intl.DisplayNames([language], { type: 'region', fallback: 'code' }).of(code) ?? code
}

export type Outcome = 'approved' | 'refused' | 'wrong' | 'spent'

const OUTCOMES = {
  approved: { title: 'handoffApprovedTitle', text: 'handoffApprovedText', tone: 'good', icon: 'check' },
  refused: { title: 'handoffRefusedTitle', text: 'handoffRefusedText', tone: 'note', icon: 'lock' },
  wrong: { title: 'handoffWrongTitle', text: 'handoffWrongText', tone: 'bad', icon: 'alert' },
  spent: { title: 'handoffSpentTitle', text: 'handoffSpentText', tone: 'note', icon: 'clock' },
} as const

export function renderOutcomePage(
  props: Omit<ApprovingFrame, 'userLabel'> & { readonly outcome: Outcome },
): string {
  const { texts, theme, basePath } = props
  const { title, text, tone, icon } = OUTCOMES[props.outcome]
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts[title]} failed={tone === 'bad'}>
      <div class={`sign ${tone}`} aria-hidden="true">
        <Icon name={icon} size={24} />
      </div>
      <h1>{texts[title]}</h1>
      <p class="muted">{texts[text]}</p>
      <SafeLink href={`${basePath}/account/sessions`} class="button">
        {texts.handoffSessions}
      </SafeLink>
      <SafeLink href="/" class="button quiet">
        {texts.goHome}
      </SafeLink>
    </Layout>,
  )
}
