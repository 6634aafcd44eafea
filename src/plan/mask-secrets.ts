/** What stands in every output where a secret was, as in FAI's logs. */
export const MASK = 'XXXXXXXXXXXXX'

const SECRET_NAME = /PW$|PASSW|SECRET/
/** A value that is shorter is masked by its name only: it would be found in the middle of other words. */
const SHORTEST = 4
/** crypt(5): `$id$...` as `shadow` and `usermod -p` have it. */
const PASSWORD_HASH = /\$(?:1|2[abxy]?|5|6|7|y|gy|md5|sha1|argon2(?:i|d|id))\$[./0-9A-Za-z$=,+-]{8,}/g

/** Whether the name of a variable says that its value is a secret. Pure. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name.toUpperCase())

/** The variables, with the values of secrets masked. Pure. */
export const maskVariables = (variables: Readonly<Record<string, string>>): Record<string, string> => {
  const mask = secretMasker(variables)
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, isSecretName(name) ? MASK : mask(value)]),
  )
}

/** A function that masks in any text the values of secret variables, and password hashes wherever they come from. */
export const secretMasker = (variables: Readonly<Record<string, string>>): ((text: string) => string) => {
  const secrets = Object.entries(variables)
    .filter(([name]) => isSecretName(name))
    .flatMap(([, value]) => [value, ...value.split('\n')])
    .filter(value => value.length >= SHORTEST)
    // The longest first: one secret may be part of another.
    .sort((left, right) => right.length - left.length)
  return text => {
    let masked = text
    for (const secret of secrets) masked = masked.replaceAll(secret, MASK)
    return masked.replace(PASSWORD_HASH, MASK)
  }
}
