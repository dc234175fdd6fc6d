import { type AccountFrame, accountDocument } from '../ui/account-layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { type FormProblem, FormProblemNotice } from '../ui/problem.tsx'
import { fill } from '../ui/text/text.ts'
import { TextField } from '../ui/text-field.tsx'
import { visibleText } from '../ui/visible-text.ts'

export interface AddressPageProps {
  readonly frame: AccountFrame
  readonly email: string | null
  readonly isVerified: boolean
  /** Without mail nothing can be proven, and nothing is changed here. */
  readonly isOffered: boolean
  readonly emailDomains: readonly string[]
  readonly typed: string
  readonly isSent: boolean
  readonly problem: FormProblem | null
  readonly wrong: 'invalid' | 'domain' | 'same' | null
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null
}

/** The address of the account: whether it is proven, and how it becomes another one. */
export function renderAddressPage(props: AddressPageProps): string {
  const { texts } = props.frame
  return accountDocument(props.frame, {
    section: '/account/email',
    failed: props.problem !== null,
    children: (
      <>
        {props.isSent && (
          <Notice tone="good">
            <p>{texts.addressSent}</p>
          </Notice>
        )}
        {props.problem !== null && (
          <FormProblemNotice
            texts={texts}
            problem={props.problem}
            retryAfterSeconds={props.retryAfterSeconds}
            requestId={props.requestId}
            hasFieldErrors={props.wrong !== null}
            wrongCredentials="problemForm"
          />
        )}
        <CurrentAddress {...props} />
        {props.isOffered ? <ChangeForm {...props} /> : <p class="muted">{texts.addressNoMail}</p>}
      </>
    ),
  })
}

function CurrentAddress({ frame: { texts }, email, isVerified, isOffered }: AddressPageProps) {
  if (email === null) return <p class="muted">{texts.addressNone}</p>
  return (
    <>
      <p class="who">
        <span class="label">{texts.addressCurrent}</span> <bdi>{visibleText(email)}</bdi>
        {isVerified && <span class="tag">{texts.addressProven}</span>}
      </p>
      {!isVerified && isOffered && (
        <form method="post" class="narrow">
          <input type="hidden" name="action" value="prove" />
          <button class="button quiet" type="submit">
            {texts.addressProve}
          </button>
        </form>
      )}
    </>
  )
}

function ChangeForm({ frame: { texts }, ...props }: AddressPageProps) {
  const domains = { domains: props.emailDomains.map((domain) => `@${domain}`).join(', ') }
  const errors = {
    invalid: texts.signUpEmailInvalid,
    domain: fill(texts.signUpWrongDomain, domains),
    same: texts.addressSame,
  }
  return (
    <form method="post" class="narrow">
      <TextField
        name="email"
        label={texts.addressNew}
        value={props.typed}
        autocomplete="email"
        inputmode="email"
        required
        error={props.wrong === null ? null : errors[props.wrong]}
      />
      <p class="muted">{texts.addressHow}</p>
      <button class="button" type="submit">
        {texts.addressSubmit}
      </button>
    </form>
  )
}
