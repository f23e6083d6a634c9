import { chmodSync, closeSync, openSync, writeSync } from 'node:fs'
import type { RowReport } from '../../../import/report.ts'

/** Where the fate of each row is told, a JSON object a line. */
export interface ReportFile {
  add(report: RowReport): void
  close(): void
}

const bufferedLines = 1_000

/** @param file undefined for none; one that is there is begun anew, readable by its owner alone: it holds names */
export function openReportFile(file: string | undefined): ReportFile {
  if (file === undefined) return { add: () => undefined, close: () => undefined }
  const target = openSync(file, 'w', 0o600)
  chmodSync(file, 0o600)
  let lines: string[] = []
  const flush = () => {
    if (lines.length > 0) writeSync(target, lines.map((line) => `${line}\n`).join(''))
    lines = []
  }
  return {
    add(report) {
      lines.push(JSON.stringify(report))
      if (lines.length >= bufferedLines) flush()
    },
    close() {
      flush()
      closeSync(target)
    },
  }
}
