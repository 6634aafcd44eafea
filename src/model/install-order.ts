import type { ClassName } from './class-name.ts'

/**
 * What the netboot image and the boot server say to each other over HTTP. All bodies are JSON but the logs.
 *
 *     request                       authorization        answer
 *     POST /install                 Bearer token         `InstallOrder`, once; 403 where the token does not hold
 *     POST /report/event            Bearer reportKey     204; body `InstallEvent`
 *     PUT  /report/log/NAME.tar.gz  Bearer reportKey     204; body: the archive of the log directory
 *     POST /report/end              Bearer reportKey     204; body `InstallEnd`; `installed` makes the host boot `local`
 *     PUT  /discover/MAC            none                 204; body: `inventory` as text, of a machine that nobody knows
 *
 * 409 where the installation is no longer what this host does: a second machine asked for the same token.
 */
export type InstallRequest = {
  /** Classes that the machine and the class scripts of the config space report. */
  readonly facts: readonly ClassName[]
}

/** All that an installation may know, given once. */
export type InstallOrder = {
  /** What `lookup --format json` prints, for these facts. */
  readonly lookup: unknown
  /** Addresses that the sources name for the host. */
  readonly addresses: readonly string[]
  /** How the new system is registered; absent where the server does not register. `secret` is base64. */
  readonly register?: unknown
  /** For what the installation reports. */
  readonly reportKey: string
}

/** A task that began or ended, as `--events` writes it. */
export type InstallEvent = { readonly event: string } & Readonly<Record<string, unknown>>

/** How it went. */
export type InstallEnd = {
  readonly outcome: 'installed' | 'failed'
  /** For people: the task and the error. */
  readonly message: string
}
