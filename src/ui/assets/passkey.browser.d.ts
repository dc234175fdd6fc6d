/** The script as text, as the bundler gives it (`rules` in wrangler.toml). */
declare const text: string
export default text
