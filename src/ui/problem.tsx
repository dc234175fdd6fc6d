import { Notice, RequestId } from './notice.tsx'
import { fill, type TextKey, type Texts } from './text/text.ts'
import { describeWait } from './text/wait.ts'

/** What can go wrong with any form of ours, whatever it asks. */
export type FormProblem =
  | 'wrong_credentials'
  | 'throttled'
  | 'cross_site'
  | 'fault'
  | 'invalid_form'
  | 'not_human'
  | 'human_unavailable'

export interface FormProblemProps {
  readonly texts: Texts
  readonly problem: FormProblem
  readonly retryAfterSeconds: number | null
  /** Shown with a fault only: elsewhere it is noise. */
  readonly requestId: string | null
  readonly hasFieldErrors: boolean
  readonly wrongCredentials: TextKey
}

export function FormProblemNotice(props: FormProblemProps) {
  return (
    <Notice tone="bad">
      <p>{describeProblem(props)}</p>
      {props.problem === 'fault' && <RequestId texts={props.texts} id={props.requestId} />}
    </Notice>
  )
}

function describeProblem(props: FormProblemProps): string {
  const { texts } = props
  switch (props.problem) {
    case 'wrong_credentials':
      return texts[props.wrongCredentials]
    case 'throttled': {
      const wait = describeWait(props.retryAfterSeconds, texts.lang)
      return wait === null ? texts.problemThrottledLater : fill(texts.problemThrottled, { wait })
    }
    case 'not_human':
      return texts.problemNotHuman
    case 'human_unavailable':
      return texts.problemHumanUnavailable
    case 'cross_site':
      return texts.problemCrossSite
    case 'fault':
      return texts.problemFault
    case 'invalid_form':
      return props.hasFieldErrors ? texts.problemFields : texts.problemForm
  }
}
