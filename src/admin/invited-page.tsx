import type { AccountFrame } from '../ui/account-layout.tsx'
import { adminDocument } from '../ui/admin-layout.tsx'
import { SafeLink } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { fill, type TextKey } from '../ui/text/text.ts'
import { visibleText } from '../ui/visible-text.ts'
import type { InviteResult } from './invite.ts'

const PROBLEMS = {
  invalid: 'adminInviteInvalid',
  known: 'adminInviteKnown',
  closed: 'adminInviteClosed',
} as const satisfies Record<Exclude<InviteResult['kind'], 'invited'>, TextKey>

export function renderInvitedPage({
  frame,
  result,
}: {
  readonly frame: AccountFrame
  readonly result: InviteResult
}): string {
  const { texts, basePath } = frame
  const isDone = result.kind === 'invited'
  return adminDocument(frame, {
    section: '/admin/users',
    title: texts.adminInvite,
    failed: !isDone,
    children: (
      <>
        <Notice tone={isDone ? 'good' : 'bad'}>
          <p>
            {isDone
              ? fill(result.link === null ? texts.adminInvited : texts.adminInvitedLink, {
                  email: visibleText(result.email),
                })
              : texts[PROBLEMS[result.kind]]}
          </p>
        </Notice>
        {isDone && result.link !== null && (
          <p>
            <code>{result.link}</code>
          </p>
        )}
        <SafeLink class="button quiet" href={`${basePath}/admin/users`}>
          {texts.adminUsers}
        </SafeLink>
      </>
    ),
  })
}
