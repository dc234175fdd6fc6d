import { type AccountFrame, accountDocument } from '../ui/account-layout.tsx'
import { SafeLink } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { fill } from '../ui/text/text.ts'

export interface DeletePageProps {
  readonly frame: AccountFrame
  /** The day it would be gone; `null`: owners don't delete their accounts. */
  readonly date: string | null
  /** The box was not ticked. */
  readonly isUnconfirmed: boolean
}

/** What deleting means, when it happens, and a box that nobody ticks by mistake. */
export function renderDeletePage({ frame, date, isUnconfirmed }: DeletePageProps): string {
  const { texts, basePath } = frame
  return accountDocument(frame, {
    section: '/account/delete',
    failed: isUnconfirmed,
    children:
      date === null ? (
        <p class="muted">{texts.deleteOff}</p>
      ) : (
        <>
          {isUnconfirmed && (
            <Notice tone="bad">
              <p>{texts.deleteMissing}</p>
            </Notice>
          )}
          <p>{fill(texts.deleteText, { date })}</p>
          <p>
            {texts.deleteNow} {texts.deleteTake}{' '}
            <SafeLink href={`${basePath}/account/data`}>{texts.accountData}</SafeLink>
          </p>
          <form method="post" class="narrow">
            <div class="choice">
              <input
                type="checkbox"
                id="confirm"
                name="confirm"
                value="1"
                required
                aria-invalid={isUnconfirmed ? 'true' : undefined}
              />
              <div>
                <label for="confirm">{texts.deleteConfirm}</label>
              </div>
            </div>
            <button class="button" type="submit">
              {texts.deleteSubmit}
            </button>
          </form>
        </>
      ),
  })
}
