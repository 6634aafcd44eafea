import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceFile } from '../apply/replace-file.ts'
import { resolveTargetPath } from '../apply/target-path.ts'
import { parseRunRecord, RUN_RECORD, type RunRecord } from '../model/run-record.ts'

/** What the last run that went well left in a target; undefined where there is nothing that can be read. */
export const readRunRecord = async (target: string): Promise<RunRecord | undefined> => {
  const path = await resolveTargetPath(target, RUN_RECORD)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : parseRunRecord(text)
}

/** Puts a record in the place of the last one, for root alone: names of files tell something. */
export const writeRunRecord = async (target: string, record: RunRecord): Promise<void> => {
  const path = await resolveTargetPath(target, RUN_RECORD)
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  const text = `${JSON.stringify(record, undefined, 1)}\n`
  await replaceFile(path, Buffer.from(text), { mode: 0o600, uid: 0, gid: 0 })
}
