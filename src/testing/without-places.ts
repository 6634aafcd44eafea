/** Plain data without paths and lines, which a file can name and a server cannot. */
export const withoutPlaces = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value ?? 'none', (key, part) =>
      (key === 'path' && typeof part === 'string') || key === 'line' ? undefined : part,
    ),
  )
