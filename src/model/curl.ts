/** curl that prints or writes nothing but what it fetches, follows redirects, and fails where the server says an error. */
export const CURL = ['curl', '--fail', '--silent', '--show-error', '--location'] as const
