import { cap, type Judgement, judge, neededFor, weightOf, worse } from './judge.ts'
import { type Sentence, sentence } from './sentence.ts'
import type { Claim, ClaimId, Finding, Hop, HopFact, Link, Standing } from './types.ts'

/** Everything the claims are derived from. Nothing else can move a row. */
export type Facts = {
  readonly findings: readonly Finding[]
  /** At least one, from your bytes to the model. */
  readonly hops: readonly HopFact[]
  /** Which of the hops signed, or would have. */
  readonly signer: number
  /** Whether the policy pins the key that signed, so that the signature stands without the environment. */
  readonly keyPinned: boolean
}

/** The five claims, and what decided each, for the headline. */
export type Derived = {
  readonly claims: readonly Claim[]
  readonly decidedBy: Readonly<Record<ClaimId, Finding | undefined>>
  readonly chain: readonly Link[]
}

/**
 * Derives the five claims from the findings: first each row (each hop of it) by the table of rules, then what the rows owe each other.
 * The numbers are those of "How claims follow from each other" in docs/CLAIMS.md.
 */
export function deriveClaims({ findings, hops, signer, keyPinned }: Facts): Derived {
  const judgeRow = (claim: ClaimId, verified: Sentence) => judge(claim, findings, neededFor(claim), verified)
  const signed = judgeRow('signature', sentence(keyPinned ? 'claim_signature_pinned' : 'claim_signature_verified'))
  const hashed = judgeRow('exchange', sentence('claim_exchange_verified'))
  const named = judgeRow('model', sentence('claim_model_verified'))

  const { environments, workloads } = judgeHops(hops, findings, signed.standing)
  const backed = keyPinned || environments[signer]?.standing === 'verified'
  const signature = backed ? signed : cap(signed, 'assumed', sentence('rule_key_unbacked'))

  // 3, 4 and 7: what the receipt states is worth no more than its signature.
  const exchange = incomplete(findings, signature, cap(hashed, signature.standing, restsOn(signature.standing)))
  const believed = [exchange.standing, environments[signer]?.standing, workloads[signer]?.standing] as const
  const model = hashedInProvenPlace(cap(named, signature.standing, restsOn(signature.standing)), believed)

  const environment = joinHops('environment', hops, environments)
  const workload = joinHops('workload', hops, workloads)
  return {
    claims: [environment, workload, asClaim('model', model), asClaim('exchange', exchange), asClaim('signature', signature)],
    decidedBy: {
      environment: worstOf(environments).decidedBy,
      workload: worstOf(workloads).decidedBy,
      model: model.decidedBy,
      exchange: exchange.decidedBy,
      signature: signature.decidedBy,
    },
    chain: chainOf(
      findings.filter((finding) => finding.hop === signer),
      signed.standing,
      exchange.standing,
    ),
  }
}

type JudgedHops = { readonly environments: readonly Judgement[]; readonly workloads: readonly Judgement[] }

/** The hops of `environment` and `workload`, from your bytes to the model: what a hop's code vouches for lies behind it. */
function judgeHops(hops: readonly HopFact[], findings: readonly Finding[], signed: Standing): JudgedHops {
  const environments: Judgement[] = []
  const workloads: Judgement[] = []
  for (const [index, hop] of hops.entries()) {
    // 1 and 3: a hop stands by its own evidence; without a signature that holds, no evidence is about this answer.
    const own = judgeHop('environment', hop, index, findings, hop.platform ?? sentence('claim_environment_verified'))
    const tied = signed === 'failed' ? cap(own, 'assumed', sentence('rule_not_tied')) : own
    // 10: anybody can show genuine evidence; that it is about this exchange, the linking hop's code says.
    const isLinked = hop.linkedBy === undefined || workloads[hop.linkedBy]?.standing === 'verified'
    const environment = isLinked ? tied : cap(tied, 'assumed', sentence('rule_linked_by_unknown_code'))
    environments.push(environment)
    // 2: what runs in an unproven environment is not proven either.
    const code = judgeHop('workload', hop, index, findings, sentence('claim_workload_verified'))
    workloads.push(environment.standing === 'verified' ? code : cap(code, 'assumed', sentence('rule_environment_unproven')))
  }
  return { environments, workloads }
}

/**
 * 4: only known code in a proven place can be believed to have hashed what it loaded, and only for the answer that it signed. Unchecked where
 * nothing but a check is missing.
 */
function hashedInProvenPlace(
  model: Judgement,
  [exchange, environment, workload]: readonly [Standing, Standing | undefined, Standing | undefined],
): Judgement {
  const lacks = (standing: Standing | undefined) => standing !== 'verified'
  const lacking = [exchange, environment, workload].filter(lacks)
  if (model.standing !== 'verified' || lacking.length === 0) return model
  if (lacking.every((standing) => standing === 'unchecked')) return cap(model, 'unchecked', sentence('rule_model_place_unchecked'))
  if (lacks(exchange)) return cap(model, 'assumed', sentence('rule_model_other_answer'))
  return cap(model, 'assumed', sentence(lacks(environment) ? 'rule_model_unproven_place' : 'rule_model_unknown_code'))
}

/** A hop that shows evidence needs every check; one that another hop vouches for, or that shows nothing, has said all there is. */
function judgeHop(
  claim: 'environment' | 'workload',
  hop: HopFact,
  index: number,
  findings: readonly Finding[],
  verified: Sentence,
): Judgement {
  const own = findings.filter((finding) => finding.hop === index)
  return judge(claim, own, hop.backing === 'evidence' ? neededFor(claim) : [...neededForBacking(hop)], verified)
}

function neededForBacking(hop: HopFact) {
  return hop.backing === 'vouched' ? (['host.vouched'] as const) : (['evidence.presence'] as const)
}

/** 8: a digest of half an answer is compared with nothing, whatever else there is; only a failed signature is worse news. */
function incomplete(findings: readonly Finding[], signature: Judgement, exchange: Judgement): Judgement {
  const capture = findings.find((finding) => finding.role === 'exchange.capture' && finding.outcome === 'unchecked')
  if (capture === undefined || signature.standing === 'failed') return exchange
  const { standing, because } = judge('exchange', [capture], [], exchange.because)
  const { findings: checks, assumes } = exchange
  return { standing, because, decidedBy: capture, findings: checks, assumes }
}

function restsOn(standing: Standing): Sentence {
  switch (standing) {
    case 'failed':
      return sentence('rule_rests_on_failed')
    case 'absent':
      return sentence('rule_rests_on_absent')
    case 'unchecked':
      return sentence('rule_rests_on_unchecked')
    case 'assumed':
    case 'verified':
      return sentence('rule_rests_on_assumed')
  }
}

/** The row's standing is its weakest hop, and its sentence names each hop, so that a weak hop never hides a proven one. */
function joinHops(id: 'environment' | 'workload', facts: readonly HopFact[], judgements: readonly Judgement[]): Claim {
  const hops = facts.flatMap((fact, index): Hop[] => {
    const judgement = judgements[index]
    return judgement === undefined ? [] : [{ role: fact.role, name: fact.name, standing: judgement.standing, because: judgement.because }]
  })
  const said = hops.map((hop) => sentence('hop_says', hopRole(hop.role), hop.because))
  const worst = worstOf(judgements)
  return {
    id,
    standing: worst.standing,
    hops,
    because: hops.length === 1 ? worst.because : said.reduce((before, next) => sentence('hops_join', before, next)),
    findings: [...new Set(judgements.flatMap((judgement) => judgement.findings))],
    assumes: [...new Set(judgements.flatMap((judgement) => judgement.assumes))],
    ...(worst.theirs === undefined ? {} : { theirs: worst.theirs }),
  }
}

function hopRole(role: HopFact['role']): Sentence {
  switch (role) {
    case 'service':
      return sentence('hop_service')
    case 'gateway':
      return sentence('hop_gateway')
    case 'model-host':
      return sentence('hop_model_host')
  }
}

function worstOf(judgements: readonly Judgement[]): Judgement {
  return judgements.reduce((worst, next) => (weightOf(next) < weightOf(worst) ? next : worst))
}

function asClaim(id: ClaimId, { standing, because, findings, assumes, theirs }: Judgement): Claim {
  return { id, standing, hops: [], because, findings, assumes, ...(theirs === undefined ? {} : { theirs }) }
}

/**
 * The chain from the hardware's maker to your bytes, by way of the hop that signed. Each link stands by its own checks; behind the first broken or missing link nothing is
 * better than assumed.
 */
function chainOf(signer: readonly Finding[], signed: Standing, exchange: Standing): readonly Link[] {
  const isBinding = (finding: Finding) => finding.role === 'evidence.binding'
  const evidence = judge(
    'environment',
    signer.filter((finding) => !isBinding(finding)),
    neededFor('environment').filter((role) => role !== 'evidence.binding'),
    sentence('claim_environment_verified'),
  ).standing
  const key =
    evidence === 'absent' || signed === 'absent'
      ? 'absent'
      : judge('environment', signer.filter(isBinding), ['evidence.binding'], sentence('claim_environment_verified')).standing
  const links: Link[] = [
    { from: 'hardware', to: 'evidence', standing: evidence },
    { from: 'evidence', to: 'receipt-key', standing: key },
    { from: 'receipt-key', to: 'receipt', standing: signed },
    { from: 'receipt', to: 'your-bytes', standing: exchange },
  ]
  let holds = true
  return links.map((link) => {
    const shown = holds ? link : { ...link, standing: worse(link.standing, 'assumed') }
    holds &&= link.standing === 'verified' || link.standing === 'assumed'
    return shown
  })
}
