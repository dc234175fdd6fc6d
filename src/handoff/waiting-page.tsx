import { showCode } from '../handover/code.ts'
import { Icon } from '../ui/icon.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { FormProblemNotice } from '../ui/problem.tsx'
import { Qr } from '../ui/qr.tsx'
import { RememberChoice } from '../ui/remember-choice.tsx'
import { fill, type Texts } from '../ui/text/text.ts'
import type { CompiledTheme } from '../ui/theme.ts'

export interface WaitingFrame {
  readonly texts: Texts
  readonly theme: CompiledTheme
  /** The page that offers the other ways in. */
  readonly loginHref: string
  /** The same, and then on to where a code is entered: for the device that should approve and is not signed in. */
  readonly approveHref: string
}

export type BeginProblem = 'throttled' | 'over' | 'withdrawn'

/** Offers the way in, or again after it came to nothing. */
export function renderBeginPage(
  props: WaitingFrame & {
    /** `null`: staying signed in is not offered. */
    readonly remember: boolean | null
    readonly problem: BeginProblem | null
  },
): string {
  const { texts, theme, problem } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.handoffTitle} failed={problem !== null}>
      <h1>{texts.handoffTitle}</h1>
      <BeginNotice texts={texts} problem={problem} />
      <p>{texts.handoffIntro}</p>
      <form method="post">
        <input type="hidden" name="action" value="begin" />
        {props.remember !== null && <RememberChoice texts={texts} checked={props.remember} />}
        <button class="button" type="submit">
          {problem === null ? texts.handoffBegin : texts.handoffAgain}
        </button>
      </form>
      <OtherWays {...props} />
    </Layout>,
  )
}

function BeginNotice({ texts, problem }: { readonly texts: Texts; readonly problem: BeginProblem | null }) {
  if (problem === null) return null
  if (problem === 'throttled')
    return (
      <FormProblemNotice
        texts={texts}
        problem="throttled"
        retryAfterSeconds={60}
        requestId={null}
        hasFieldErrors={false}
        wrongCredentials="problemWrongCredentials"
      />
    )
  return (
    <Notice tone="note">
      <p>{problem === 'over' ? texts.handoffOver : texts.handoffWithdrawn}</p>
    </Notice>
  )
}

export interface ShownCode {
  readonly code: string
  readonly number: string
  /** Where the other device goes; as people read it, and with the code for a camera. */
  readonly address: string
  readonly addressWithCode: string
  readonly scriptHref: string
  /** What the script asks how it stands. */
  readonly stateHref: string
}

/**
 * Shows the code until the other device has decided. The page asks again every few seconds: by a script where there are any, else by
 * loading itself anew, which would be a nuisance to who reads with a screen reader or has zoomed in.
 */
export function renderWaitingPage(props: WaitingFrame & { readonly shown: ShownCode }): string {
  const { texts, theme, shown } = props
  return toDocument(
    <Layout
      texts={texts}
      theme={theme}
      title={texts.handoffWaitingTitle}
      head={
        <>
          <noscript>
            <meta http-equiv="refresh" content="4" />
          </noscript>
          <script src={shown.scriptHref} defer />
        </>
      }
    >
      <h1>{texts.handoffWaitingTitle}</h1>
      <p class="muted">{fill(texts.handoffScan, { address: shown.address })}</p>
      <Qr text={shown.addressWithCode} label={fill(texts.handoffQr, { address: shown.address })} />
      <dl class="shown">
        <div>
          <dt>{texts.handoffCode}</dt>
          <dd>{showCode(shown.code)}</dd>
        </div>
        <div>
          <dt>{texts.handoffNumber}</dt>
          <dd>{shown.number}</dd>
        </div>
      </dl>
      <p class="hint">{texts.handoffNumberHint}</p>
      <p class="small" role="status" data-state={shown.stateHref}>
        {texts.handoffWaiting}
      </p>
      <form method="post" class="after">
        <input type="hidden" name="action" value="cancel" />
        <button class="button quiet" type="submit">
          {texts.handoffCancel}
        </button>
      </form>
    </Layout>,
  )
}

/** Approved: one press goes on, or the script presses it. A GET signs nobody in. */
export function renderReadyPage(props: WaitingFrame & { readonly scriptHref: string }): string {
  const { texts, theme } = props
  return toDocument(
    <Layout
      texts={texts}
      theme={theme}
      title={texts.handoffReadyTitle}
      head={<script src={props.scriptHref} defer />}
    >
      <div class="sign good" aria-hidden="true">
        <Icon name="check" size={24} />
      </div>
      <h1>{texts.handoffReadyTitle}</h1>
      <p class="muted">{texts.handoffReadyText}</p>
      <form method="post" data-finish="">
        <input type="hidden" name="action" value="finish" />
        <button class="button" type="submit" autofocus>
          {texts.handoffContinue}
        </button>
      </form>
    </Layout>,
  )
}

export function renderDeniedPage(props: WaitingFrame): string {
  const { texts, theme } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.handoffDeniedTitle} failed>
      <div class="sign bad" aria-hidden="true">
        <Icon name="alert" size={24} />
      </div>
      <h1>{texts.handoffDeniedTitle}</h1>
      <p class="muted">{texts.handoffDeniedText}</p>
      <form method="post">
        <input type="hidden" name="action" value="cancel" />
        <button class="button" type="submit">
          {texts.handoffAgain}
        </button>
      </form>
      <OtherWays {...props} />
    </Layout>,
  )
}

function OtherWays({ texts, loginHref, approveHref }: WaitingFrame) {
  return (
    <ul class="links">
      <li>
        <SafeLink href={loginHref}>{texts.handoffBack}</SafeLink>
      </li>
      <li>
        <SafeLink href={approveHref}>{texts.handoffHaveCode}</SafeLink>
      </li>
    </ul>
  )
}
