/**
 * The rows of the welcome page's sample for every combination of its switches, by hand from docs/CLAIMS.md: environment, workload, model, exchange,
 * signature.
 *
 * One place answers, so that there are no hops. `letter`: hashes that differ fail the exchange (5), and a hash of the model is then not shown to be
 * about this answer (4). `nonce`, `program`: the workload fails (6), and the model's hash comes from code that is not as expected (4). `root`: the
 * environment fails (1); the signature's key is backed by nothing (2), and exchange and model are no better than the signature (4); which program
 * ran is read from evidence that is not authentic, so that it contradicts nothing, while the nonce is in the receipt, whose signature holds.
 * `receipt`: signature, exchange and model are absent, and evidence that is published anyway is about no answer (7): nothing is left that a
 * letter or a nonce could contradict.
 */
export const SAMPLE_ROWS: Readonly<Record<string, string>> = {
  '': 'v v v v v',
  letter: 'v v a f v',
  nonce: 'v f a v v',
  program: 'v f a v v',
  root: 'f a a a a',
  'letter nonce': 'v f a f v',
  'letter program': 'v f a f v',
  'letter root': 'f a a f a',
  'nonce program': 'v f a v v',
  'nonce root': 'f f a a a',
  'program root': 'f a a a a',
  'letter nonce program': 'v f a f v',
  'letter nonce root': 'f f a f a',
  'letter program root': 'f a a f a',
  'nonce program root': 'f f a a a',
  'letter nonce program root': 'f f a f a',
  receipt: 'a a - - -',
  'receipt letter': 'a a - - -',
  'receipt nonce': 'a a - - -',
  'receipt program': 'a f - - -',
  'receipt root': 'f a - - -',
  'receipt letter nonce': 'a a - - -',
  'receipt letter program': 'a f - - -',
  'receipt letter root': 'f a - - -',
  'receipt nonce program': 'a f - - -',
  'receipt nonce root': 'f a - - -',
  'receipt program root': 'f a - - -',
  'receipt letter nonce program': 'a f - - -',
  'receipt letter nonce root': 'f a - - -',
  'receipt letter program root': 'f a - - -',
  'receipt nonce program root': 'f a - - -',
  'receipt letter nonce program root': 'f a - - -',
}
