export { rawMember } from '../../encoding/raw-json.ts'
