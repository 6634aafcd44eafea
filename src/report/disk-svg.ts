import type { Storage } from '../model/storage.ts'
import { formatBytes } from '../plan/disk/format-disk.ts'
import type { StorageLayout } from '../plan/disk/layout.ts'
import { lossSentence } from './disk-loss.ts'
import { type DiskPicture, drawDisks, type Piece } from './disk-picture.ts'
import { escapeXml } from './xml.ts'

const WIDTH = 960
const MARGIN = 20
const BAR = WIDTH - 2 * MARGIN
const BAR_HEIGHT = 36
const DISK_HEIGHT = 150
const LINE_HEIGHT = 18
/** A label needs so much for a character at 12 px. */
const CHARACTER = 7

const COLOURS: Readonly<Record<Piece['state'], string>> = {
  lost: '#f4b6ad',
  kept: '#b9d7b4',
  new: '#bcd0ee',
  free: '#f2f2f2',
}

/** Every disk, array and volume group before and after as an SVG for a report, in proportion, with a legend and what is lost. Pure. */
export const renderDisksSvg = (machine: Storage, layout: StorageLayout): string => {
  const pictures = drawDisks(machine, layout)
  const sentence = wrap(lossSentence(machine, layout), Math.floor(BAR / CHARACTER))
  const top = MARGIN + pictures.length * DISK_HEIGHT + 10
  const height = top + MARGIN + 30 + sentence.length * LINE_HEIGHT
  const body = [
    ...pictures.flatMap((picture, index) => drawDisk(picture, MARGIN + index * DISK_HEIGHT)),
    ...drawLegend(top),
    ...sentence.map((line, index) => text(MARGIN, top + 44 + index * LINE_HEIGHT, line)),
  ]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `  <rect width="${WIDTH}" height="${height}" fill="white"/>`,
    ...body.map(line => `  ${line}`),
    '</svg>',
    '',
  ].join('\n')
}

const drawDisk = ({ device, sizeBytes, before, after }: DiskPicture, top: number): readonly string[] => [
  `<text x="${MARGIN}" y="${top + 14}" font-size="14" font-weight="bold">${escapeXml(device)}, ${formatBytes(sizeBytes)}</text>`,
  ...drawBar(before, sizeBytes, top + 26),
  ...drawBar(after, sizeBytes, top + 26 + BAR_HEIGHT + 12),
]

const drawBar = (pieces: readonly Piece[], sizeBytes: number, top: number): readonly string[] => {
  let start = 0
  return pieces.flatMap(piece => {
    const x = MARGIN + (start / sizeBytes) * BAR
    const width = Math.max(1, (piece.sizeBytes / sizeBytes) * BAR)
    start += piece.sizeBytes
    const title = `<title>${escapeXml(`${piece.label || 'free'}, ${formatBytes(piece.sizeBytes)}, ${piece.state}`)}</title>`
    const rect = `<rect x="${x.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" fill="${COLOURS[piece.state]}" stroke="#555">${title}</rect>`
    const label = piece.label.slice(0, Math.floor((width - 8) / CHARACTER))
    return label === '' ? [rect] : [rect, text(x + 4, top + 22, label)]
  })
}

const LEGEND = [
  ['lost', 'data that is lost'],
  ['kept', 'stays'],
  ['new', 'made anew'],
  ['free', 'free'],
] as const

const drawLegend = (top: number): readonly string[] =>
  LEGEND.flatMap(([state, words], index) => {
    const x = MARGIN + index * 150
    const box = `<rect x="${x}" y="${top}" width="14" height="14" fill="${COLOURS[state]}" stroke="#555"/>`
    return [box, text(x + 20, top + 12, words)]
  })

const text = (x: number, y: number, words: string): string =>
  `<text x="${x.toFixed(1)}" y="${y}">${escapeXml(words)}</text>`

/** Lines of so many characters, broken at blanks. */
const wrap = (words: string, columns: number): readonly string[] => {
  const lines: string[] = []
  for (const word of words.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
