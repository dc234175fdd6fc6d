/** Whether addresses of this domain sign up or are changed to by themselves. Compared exactly: a subdomain is another domain. */
export function isAllowedDomain(domains: readonly string[], email: string): boolean {
  return domains.length === 0 || domains.includes(email.slice(email.lastIndexOf('@') + 1))
}
