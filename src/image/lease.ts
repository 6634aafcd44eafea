/** What a DHCP server gave, as `bin/netboot/lease.sh` writes it down: names of udhcpc. */
export type Lease = Readonly<Record<string, string>>

/** `NAME=VALUE` lines. Pure. */
export const parseLease = (text: string): Lease =>
  Object.fromEntries(
    text.split('\n').flatMap(line => {
      const [, name, value = ''] = /^([a-z]+)=(.*)$/.exec(line) ?? []
      return name === undefined || value === '' ? [] : [[name, value]]
    }),
  )

/** The network card that is used. */
export type Card = { readonly name: string; readonly mac: string }

/**
 * What hooks and scripts find of the network, by FAI's names (fai-semantics.md, section 7.4); a list has its members as
 * `NAME_1`, `NAME_2`, too. Pure.
 */
export const leaseVariables = (
  lease: Lease,
  card: Card,
  allCards: readonly string[],
): Readonly<Record<string, string>> => {
  const { ip = '', mask = '', domain } = lease
  return {
    netdevices_all: allCards.join(' '),
    netdevices_up: card.name,
    netdevices: card.name,
    NIC1: card.name,
    MAC: card.mac,
    ...(ip === '' ? {} : { IPADDR: ip, CIDR: `${ip}/${mask}` }),
    ...(lease['subnet'] === undefined ? {} : { NETMASK: lease['subnet'] }),
    ...(lease['broadcast'] === undefined ? {} : { BROADCAST: lease['broadcast'] }),
    DOMAIN: domain ?? 'localdomain',
    ...members('GATEWAYS', lease['router']),
    ...members('DNSSRVS', lease['dns']),
    ...members('NTPSRVS', lease['ntpsrv']),
  }
}

const members = (name: string, list = ''): Record<string, string> => {
  const values = list.split(' ').filter(value => value !== '')
  if (values.length === 0) return {}
  return {
    [name]: values.join(' '),
    ...Object.fromEntries(values.map((value, i) => [`${name}_${i + 1}`, value])),
  }
}
