import { writeFile } from 'node:fs/promises'
import { CHECKS_DOC, checksDoc } from './checks-doc.ts'

/** Writes the documents that are made from the code. */
await writeFile(CHECKS_DOC, checksDoc())
