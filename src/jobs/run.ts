import type { Services } from '../services.ts'
import { cleanUp } from './clean-up.ts'
import { deleteAccounts } from './delete-accounts.ts'
import { sendMails } from './send-mails.ts'

/**
 * What a cron trigger does. One that runs all day long (its first field begins with `*`) sends the mails that are due; any other line in
 * wrangler.toml is the daily clean-up, which does that as well. Idempotent, and so is each part.
 */
export async function runJobs(services: Services, cron: string): Promise<void> {
  await sendMails(services)
  if (cron.startsWith('*')) return
  await deleteAccounts(services)
  await cleanUp(services)
}
