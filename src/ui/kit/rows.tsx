import {Box, Text} from 'ink'
import {memo} from 'react'

/** One row of the screen, painted already. */
const Row = memo(({text}: {text: string}) => <Text wrap="truncate-end">{text === '' ? ' ' : text}</Text>)
Row.displayName = 'Row'

/** Painted rows, one below the other; as many as there is height for, filled up with empty ones. */
export function Rows({rows, height}: {rows: readonly string[]; height: number}) {
  return (
    <Box flexDirection="column" height={height} flexShrink={0}>
      {Array.from({length: height}, (_, index) => (
        // Rows are places on the screen: what stands there changes, the place does not.
        // oxlint-disable-next-line react/no-array-index-key
        <Row key={index} text={rows[index] ?? ''} />
      ))}
    </Box>
  )
}
