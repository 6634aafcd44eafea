/** DNS classes (RFC 1035, section 3.2.4; RFC 2136, section 1.3). NONE and ANY carry meaning in updates. */
export const DNS_CLASS = { in: 1, ch: 3, none: 254, any: 255 } as const
