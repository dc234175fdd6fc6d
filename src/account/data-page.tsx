import { type AccountFrame, accountDocument } from '../ui/account-layout.tsx'
import { SafeLink } from '../ui/layout.tsx'

export function renderDataPage(frame: AccountFrame): string {
  const { texts, basePath } = frame
  return accountDocument(frame, {
    section: '/account/data',
    children: (
      <>
        <p>{texts.accountDataHint}</p>
        <p class="narrow">
          <SafeLink class="button" href={`${basePath}/account/data.json`} download="account.json">
            {texts.accountDownload}
          </SafeLink>
        </p>
      </>
    ),
  })
}
