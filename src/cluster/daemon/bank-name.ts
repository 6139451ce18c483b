/** BioMAJ keeps this name for its maintenance lock. */
export const maintenanceName = 'biomaj'

/**
 * Whether a bank can have this name. It becomes the name of files and folders, a cell of tables and a part of lists with
 * commas; what a file system, a shell's eye or a list would misread is no name.
 */
export function isBankName(name: string): boolean {
  return (
    name.length <= 200 &&
    name !== maintenanceName &&
    /^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_.+@~ -]*$/u.test(name) &&
    !name.endsWith(' ') &&
    !name.includes('..')
  )
}
