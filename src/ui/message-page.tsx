import { Icon, type IconName } from './icon.tsx'
import { Layout, SafeLink, toDocument } from './layout.tsx'
import { RequestId, type Tone } from './notice.tsx'
import { safeHref } from './safe-href.ts'
import { fill, type TextKey, type Texts } from './text/text.ts'
import { describeWait } from './text/wait.ts'
import type { CompiledTheme } from './theme.ts'
import { visibleText } from './visible-text.ts'

export type MessageKind = keyof typeof MESSAGES

export interface MessagePageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly kind: MessageKind
  /** Who is signed in, so that "no access" says for whom. */
  readonly userLabel: string | null
  /** Offered as "another account" to who is signed in, as "sign in" to others. */
  readonly loginHref: string | null
  readonly homeHref: string | null
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null
}

/** A page that says one thing and where to go from here: every refusal and fault that a browser navigation meets. */
export function renderMessagePage(props: MessagePageProps): string {
  const { texts, theme } = props
  const message = MESSAGES[props.kind]
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts[message.title]}>
      <div class={`sign ${message.tone}`} aria-hidden="true">
        <Icon name={message.icon} size={24} />
      </div>
      <h1>{texts[message.title]}</h1>
      <p class="muted">
        {texts[message.text]}
        {sayWhenToRetry(props)}
      </p>
      {props.userLabel !== null && (
        <p class="who">
          <span class="label">{texts.signedInAs}</span> <bdi>{visibleText(props.userLabel)}</bdi>
        </p>
      )}
      <WaysOn {...props} />
      <RequestId texts={texts} id={props.requestId} />
    </Layout>,
  )
}

function sayWhenToRetry({ texts, kind, retryAfterSeconds }: MessagePageProps): string | null {
  const wait = describeWait(retryAfterSeconds, texts.lang)
  if (wait !== null) return ` ${fill(texts.retryIn, { wait })}`
  return MESSAGES[kind].passing ? ` ${texts.retryShortly}` : null
}

function WaysOn({ texts, userLabel, ...props }: MessagePageProps) {
  const loginHref = safeHref(props.loginHref)
  const homeHref = safeHref(props.homeHref)
  return (
    <>
      {loginHref !== null && (
        <SafeLink href={loginHref} class="button">
          {userLabel === null ? texts.signIn : texts.signInOther}
        </SafeLink>
      )}
      {homeHref !== null && (
        <SafeLink href={homeHref} class={loginHref === null ? 'button' : 'button quiet'}>
          {texts.goHome}
        </SafeLink>
      )}
    </>
  )
}

interface Message {
  readonly title: TextKey
  readonly text: TextKey
  readonly icon: IconName
  readonly tone: Tone
  /** Whether waiting helps. */
  readonly passing: boolean
}

const MESSAGES = {
  forbidden: { title: 'forbiddenTitle', text: 'forbiddenText', icon: 'lock', tone: 'note', passing: false },
  not_found: { title: 'notFoundTitle', text: 'notFoundText', icon: 'search', tone: 'note', passing: false },
  bad_request: {
    title: 'badRequestTitle',
    text: 'badRequestText',
    icon: 'alert',
    tone: 'note',
    passing: false,
  },
  fault: { title: 'faultTitle', text: 'faultText', icon: 'alert', tone: 'bad', passing: true },
  origin_unreachable: {
    title: 'originUnreachableTitle',
    text: 'originUnreachableText',
    icon: 'offline',
    tone: 'bad',
    passing: true,
  },
  origin_timeout: {
    title: 'originTimeoutTitle',
    text: 'originTimeoutText',
    icon: 'clock',
    tone: 'bad',
    passing: true,
  },
  too_many: { title: 'tooManyTitle', text: 'tooManyText', icon: 'clock', tone: 'note', passing: true },
  misdirected: {
    title: 'misdirectedTitle',
    text: 'misdirectedText',
    icon: 'search',
    tone: 'note',
    passing: false,
  },
  method_not_allowed: {
    title: 'methodNotAllowedTitle',
    text: 'methodNotAllowedText',
    icon: 'alert',
    tone: 'note',
    passing: false,
  },
  signed_in: { title: 'signedInTitle', text: 'signedInText', icon: 'check', tone: 'good', passing: false },
  signed_out: { title: 'signedOutTitle', text: 'signedOutText', icon: 'check', tone: 'good', passing: false },
  unsupported: {
    title: 'unsupportedTitle',
    text: 'unsupportedText',
    icon: 'alert',
    tone: 'note',
    passing: false,
  },
  too_large: { title: 'tooLargeTitle', text: 'tooLargeText', icon: 'alert', tone: 'note', passing: false },
} as const satisfies Readonly<Record<string, Message>>
