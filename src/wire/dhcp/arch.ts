/** What a client boots: the firmware, the processor, and whether it fetches by HTTP itself. */
export type Arch = {
  readonly firmware: 'bios' | 'uefi'
  readonly cpu: 'x86' | 'x64' | 'arm' | 'arm64' | 'riscv64'
  readonly http: boolean
}

const bios = (http: boolean): Arch => ({ firmware: 'bios', cpu: 'x86', http })
const uefi = (cpu: Arch['cpu'], http: boolean): Arch => ({ firmware: 'uefi', cpu, http })

/** Processor Architecture Types of IANA that boot Linux; 9, EBC, is what old x64 firmware sends (RFC 4578, errata 4625). */
const ARCHES: ReadonlyMap<number, Arch> = new Map([
  [0, bios(false)],
  [6, uefi('x86', false)],
  [7, uefi('x64', false)],
  [9, uefi('x64', false)],
  [10, uefi('arm', false)],
  [11, uefi('arm64', false)],
  [15, uefi('x86', true)],
  [16, uefi('x64', true)],
  [17, uefi('x64', true)],
  [18, uefi('arm', true)],
  [19, uefi('arm64', true)],
  [20, bios(true)],
  [27, uefi('riscv64', false)],
  [28, uefi('riscv64', true)],
])

/** The architecture of a number of option 93 (RFC 4578, section 2.1); undefined where it is none that is known. */
export const archOf = (number: number): Arch | undefined => ARCHES.get(number)
