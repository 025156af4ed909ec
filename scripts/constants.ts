import { writeFileSync } from 'node:fs'
import { writeConstants } from './constants/document.ts'
import { scan } from './constants/scan.ts'

writeFileSync('docs/CONSTANTS.md', writeConstants(scan()))
