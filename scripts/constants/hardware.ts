import type { Group } from './types.ts'

/** Evidence of processors, graphics cards and the services that attest to them. */
export const HARDWARE: readonly Group[] = [
  {
    what: 'SEV-SNP report: length, offsets, versions 2 to 5, signature of 72-octet numbers',
    where: [
      { file: 'attestation/sev-snp/check-authenticity.ts' },
      {
        file: 'attestation/sev-snp/report.ts',
        names: [
          'LENGTH',
          'SIGNED_LENGTH',
          'NUMBER_LENGTH',
          'COORDINATE_LENGTH',
          'ECDSA_P384_SHA384',
          'FIRST_VERSION',
          'LAST_VERSION',
          'CPUID_SINCE',
          'MITIGATIONS_SINCE',
          'RESERVED',
          'CPUID',
          'MITIGATION_VECTORS',
        ],
      },
    ],
    first: 'AMD 56860, table “ATTESTATION_REPORT structure”',
    second: {
      kind: 'sample',
      files: [
        'sev-snp/virtee-milan/report_milan.hex',
        '2026-11/sev-snp/aws-v3-vlek-report.bin',
        '2026-11/sev-snp/genoa-v5-report.bin',
        '2026-11/sev-snp/turin-v5-report.bin',
      ],
      also: 'revision 1.59 has a version 6, of which no recording was found: read as 5 and named',
    },
  },
  {
    what: 'SEV-SNP guest policy bits',
    where: [
      { file: 'attestation/sev-snp/report.ts', names: ['POLICY_BITS', 'ABI_BITS'] },
      { file: 'attestation/sev-snp/check-guest.ts', names: ['HOST_VMPL'] },
    ],
    first: 'AMD 56860, “Guest Policy”; VMPL in “MSG_REPORT_REQ”',
    second: { kind: 'published', at: 'Linux: include/linux/psp-sev.h (`SNP_POLICY_MASK_*`, bits 16 to 25)' },
  },
  {
    what: 'SEV-SNP PLATFORM_INFO bits, 6 (IOMMU_WRITE_SAFE, Turin) among them',
    where: [{ file: 'attestation/sev-snp/report.ts', names: ['PLATFORM_BITS'] }],
    first: 'AMD 56860, “PLATFORM_INFO”; AMD-SB-3016 for bit 6',
    second: {
      kind: 'published',
      at: 'tinfoilsh/go-sev-guest: abi/abi.go; set in `2026-11/sev-snp/turin-v5-report.bin`. The sweep found bit 6 called reserved here',
    },
  },
  {
    what: 'SEV-SNP KEY_INFO: AUTHOR_KEY_EN, MASK_CHIP_KEY, SIGNING_KEY (VCEK 0, VLEK 1, none 7)',
    where: [{ file: 'attestation/sev-snp/report.ts', names: ['SIGNING_KEYS', 'KEY_BITS'] }],
    first: 'AMD 56860, offset 48h',
    second: {
      kind: 'sample',
      files: ['2026-11/sev-snp/aws-v3-vlek-report.bin', '2026-11/sev-snp/genoa-v5-report.bin'],
      also: 'Linux: include/uapi/linux/psp-sev.h (`mask_chip_key`). This was read wrongly until AWS’s recording. Revision 1.59 has a value 2, read as unknown',
    },
  },
  {
    what: 'AMD certificate extensions, levels by arc, length of the hardware id, the two kinds of key',
    where: [{ file: 'attestation/sev-snp/endorsement-key.ts' }, { file: 'attestation/sev-snp/endorsement.ts' }],
    first: 'AMD 57230, tables of the VCEK and VLEK certificate',
    second: {
      kind: 'sample',
      files: ['2026-11/sev-snp/genoa-v5-vcek.der', '2026-11/sev-snp/aws-v3-vlek.der', 'sev-snp/virtee-turin/vcek_turin.der'],
      also: 'tinfoilsh/go-sev-guest: kds/kds.go',
    },
  },
  {
    what: 'TCB_VERSION by product (Turin with FMC)',
    where: [{ file: 'attestation/sev-snp/tcb.ts' }],
    first: 'AMD 56860, “TCB_VERSION structure”',
    second: {
      kind: 'sample',
      files: ['2026-11/sev-snp/turin-v5-report.bin', '2026-11/sev-snp/turin-v5-vcek.pem', '2026-11/sev-snp/genoa-v5-report.bin'],
    },
  },
  {
    what: 'CPUID families and models of Milan, Genoa and Turin',
    where: [{ file: 'attestation/sev-snp/product.ts' }],
    first: 'AMD 57230, section on product names',
    second: {
      kind: 'published',
      at: 'Linux: arch/x86/kernel/cpu/amd.c (Zen 6: 50 to 5f, 80 to af, c0 to ef); Milan, Genoa and Turin in the recordings of version 5',
    },
  },
  {
    what: 'Serial numbers of AMD’s ASK and ASVK',
    where: [{ file: 'attestation/sev-snp/revocation.ts' }],
    first: 'the certificates at kdsintf.amd.com',
    second: {
      kind: 'sample',
      files: [
        '2026-11/sev-snp/milan-ask.der',
        '2026-11/sev-snp/milan-asvk.der',
        '2026-11/sev-snp/genoa-asvk.der',
        '2026-11/sev-snp/turin-asvk.der',
      ],
    },
  },
  {
    what: 'TDX quote: header, bodies of 584 and 648 octets, attestation key type, TEE types, QE vendor, certification data types',
    where: [
      {
        file: 'attestation/tdx/quote.ts',
        names: [
          'HEADER',
          'BODY_SIZES',
          'SIGNATURE_AND_KEY',
          'QE_REPORT',
          'ECDSA_P256',
          'TEE_SGX',
          'TEE_TDX',
          'INTEL_QE',
          'QE_REPORT_DATA',
          'PCK_CHAIN',
          'P256_SPKI_PREFIX',
        ],
      },
      { file: 'attestation/tdx/authenticity.ts' },
    ],
    first: 'Intel TDX DCAP Quoting Library API, appendix A.3 and A.4',
    second: {
      kind: 'sample',
      files: ['dstack/dcap/tdx_quote', '2026-11/tdx/tdx-v5-body3.dat', '2026-11/tdx/tdx-v4-gcp.json', '2026-11/sgx/sgx-occlum.dat'],
    },
  },
  {
    what: 'The stub that ACI’s reference gateway puts in a quote’s place',
    where: [{ file: 'attestation/tdx/quote.ts', names: ['STUB'] }],
    first: 'Dstack-TEE/private-ai-gateway: src',
    second: { kind: 'one source only', because: 'only that program writes it; read as no quote, so that it can only take away' },
  },
  {
    what: 'TD report: offsets',
    where: [{ file: 'attestation/tdx/td-report.ts', names: ['TD15_SIZE'] }],
    first: 'Intel TDX DCAP Quoting Library API, appendix A.3.2',
    second: { kind: 'sample', files: ['dstack/dcap/tdx_quote', '2026-11/tdx/tdx-v5-body3.dat'] },
  },
  {
    what: 'TD attributes',
    where: [{ file: 'attestation/tdx/td-report.ts', names: ['ATTRIBUTES'] }],
    first: 'Intel TDX Module ABI, “ATTRIBUTES”',
    second: { kind: 'published', at: 'Linux: arch/x86/include/asm/shared/tdx.h (`TDX_TD_ATTR_*`, all twelve)' },
  },
  {
    what: 'Quoting enclave’s report: debug flag',
    where: [{ file: 'attestation/tdx/qe.ts' }],
    first: 'Intel SDM volume 3D, “ATTRIBUTES”; DCAP appendix A.3.10',
    second: { kind: 'sample', files: ['dstack/dcap/tdx_quote', '2026-11/tdx/collateral/td_qe_identity.json'] },
  },
  {
    what: 'PCK certificate: SGX extension',
    where: [{ file: 'attestation/tdx/pck-certificate.ts' }],
    first: 'Intel SGX PCK Certificate and CRL Profile Specification, section 1.3.5',
    second: { kind: 'sample', files: ['dstack/dcap/tdx_quote', '2026-11/tdx/tdx-v4-live.dat'] },
  },
  {
    what: 'Intel’s collateral: members, statuses, TCB component masks; what a level means for a verdict',
    where: [
      { file: 'attestation/tdx/collateral-schema.ts' },
      { file: 'attestation/tdx/tcb.ts' },
      { file: 'attestation/tdx/pool.ts' },
      { file: 'attestation/tdx/verify.ts' },
    ],
    first: 'Intel PCS API, version 4',
    second: {
      kind: 'sample',
      files: [
        'dstack/dcap/tdx_quote_collateral.json',
        '2026-11/tdx/collateral/tcb_info_50806f000000.json',
        '2026-11/tdx/collateral/td_qe_identity.json',
      ],
    },
  },
  {
    what: 'Releases of the TDX module by their hash: names, and nothing else',
    where: [{ file: 'attestation/tdx/measurements.ts' }],
    first: 'tinfoilsh/verifier, out of Intel’s releases',
    second: {
      kind: 'published',
      at: '13rac1/teep: docs, list of Intel’s MRSEAM values (all four); google/go-tdx-guest’s version 5 sample for 1.5.16. A third list has another value for 2.0.08: a name decides nothing',
    },
  },
  {
    what: 'Nitro document: fields, sizes of registers, limits',
    where: [
      { file: 'attestation/nitro/document.ts' },
      { file: 'attestation/nitro/measurements.ts' },
      { file: 'attestation/nitro/verify.ts' },
    ],
    first: 'AWS Nitro Enclaves, “Verifying the root of trust”; aws/aws-nitro-enclaves-nsm-api: docs/attestation_process.md',
    second: {
      kind: 'sample',
      files: ['nitro/evervault/beta/valid-attestation-doc-bytes', 'nitro/evervault/beta/debug-mode-attestation-doc-bytes'],
    },
  },
  {
    what: 'NVIDIA report: SPDM request and response, measurement blocks, nonce, signature',
    where: [{ file: 'attestation/nvidia-gpu/report.ts' }],
    first: 'DMTF DSP0274 1.1, GET_MEASUREMENTS and MEASUREMENTS',
    second: {
      kind: 'sample',
      files: ['nvidia/sample_attestation_data/gpu/hopperAttestationReport.txt', '2026-11/nvidia/hopper-coco-report.hex'],
    },
  },
  {
    what: 'NVIDIA opaque data: types 3, 6 and 20',
    where: [{ file: 'attestation/nvidia-gpu/opaque-data.ts' }],
    first: 'NVIDIA/nvtrust: local_gpu_verifier, attestation/spdm_msrt_resp_msg.py',
    second: {
      kind: 'sample',
      files: ['nvidia/sample_attestation_data/gpu/hopperAttestationReport.txt', '2026-11/nvidia/hopper-coco-report.hex'],
    },
  },
  {
    what: 'NVIDIA leaf: DICE extensions with the firmware’s digest',
    where: [{ file: 'attestation/nvidia-gpu/firmware-id.ts' }],
    first: 'TCG DICE Attestation Architecture, section 6.1.1',
    second: {
      kind: 'sample',
      files: ['nvidia/sample_attestation_data/gpu/hopperCertChain.txt', '2026-11/nvidia/hopper-coco-certs.pem'],
      also: 'Blackwell’s form: NVIDIA/attestation-sdk: dice_tcb_info.cpp; no recording of one was found',
    },
  },
  {
    what: 'NVIDIA architectures, chips, length of the chain, members of the payload',
    where: [
      { file: 'attestation/nvidia-gpu/architecture.ts' },
      { file: 'attestation/nvidia-gpu/gpu.ts' },
      { file: 'attestation/nvidia-gpu/schema.ts' },
    ],
    first: 'NVIDIA/nvtrust: local_gpu_verifier, config.py',
    second: { kind: 'sample', files: ['dstack/near/private-ai-verifier_nvidia_payload.json', '2026-11/nvidia/hopper-coco-certs.pem'] },
  },
  {
    what: 'NRAS tokens: issuer, claims, names of devices, digest names',
    where: [
      { file: 'attestation/nras/schema.ts' },
      { file: 'attestation/nras/device-claims.ts' },
      { file: 'attestation/nras/detached.ts' },
      { file: 'attestation/nras/verify.ts' },
    ],
    first: 'NVIDIA, “Attestation claims” 3.0; NVIDIA/attestation-sdk',
    second: {
      kind: 'sample',
      files: [
        'dstack/nras/nras_v3_single_gpu.json',
        'dstack/nras/nras_v3_8gpu_ppcie.json',
        'nvidia/sample_attestation_data/hopperClaimsv3_detached_eat.json',
      ],
    },
  },
  {
    what: 'NRAS: numbers of the reasons for which it refuses to judge, and the names under which its SDK hands replies on',
    where: [
      { file: 'attestation/nras/device-claims.ts', names: ['ERROR'] },
      { file: 'attestation/nras/schema.ts', names: ['REMOTE_CLAIMS'] },
    ],
    first: 'NVIDIA, “Remote Attestation Service error codes”; NVIDIA/nvtrust: attestation_sdk',
    second: {
      kind: 'published',
      at: 'other verifiers’ tests: 4007 INVALID_CERTIFICATE_CHAIN, 4010 NONCE_NOT_MATCHING, 4013 INVALID_EVIDENCE_SIGNATURE; 4003, 4014 and 4015 by NVIDIA alone',
    },
  },
  {
    what: 'Azure MAA: claims, attestation type, compliance status',
    where: [{ file: 'attestation/azure-maa/schema.ts' }, { file: 'attestation/azure-maa/verify.ts' }],
    first: 'Microsoft Azure Attestation, “Claim sets”',
    second: {
      kind: 'sample',
      files: ['azure-maa/maa_real_sevsnp_token.jwt'],
      also: 'IABTechLab/uid2-shared: secure/azurecc/MaaTokenPayload.java (`azure-compliant-uvm`)',
    },
  },
  {
    what: 'Confidential Space: issuer, claims, hardware and software names, debug status',
    where: [{ file: 'attestation/confidential-space/schema.ts' }, { file: 'attestation/confidential-space/verify.ts' }],
    first: 'Google Cloud, “Confidential Space token claims”',
    second: {
      kind: 'sample',
      files: ['confidential-space/flare/pki.txt', 'inference-receipt/stream.sse'],
      also: 'the two recordings are SEV and TDX; the other hardware names are Google’s page’s alone',
    },
  },
]
