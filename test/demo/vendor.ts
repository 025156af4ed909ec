import type { RequestListener } from 'node:http'
import { pcsDocuments } from '../simulator/intel-pcs.ts'
import { listenerFor, refuse, refuseMethod } from './http.ts'

/** The simulated maker of the hardware: what Intel's services serve, for machines that are none of Intel's. */
export function vendorListener(collateral: () => string): RequestListener {
  return listenerFor(({ method, url = '/' }, response) => {
    const found = pcsDocuments(collateral()).find(({ path }) => path === url.split('?', 1)[0])
    if (method !== 'GET') return refuseMethod(response, 'GET')
    if (found === undefined) return refuse(response, 404, 'not_found', 'there is nothing at this address')
    response.writeHead(200, { 'cache-control': 'no-store', ...found.headers }).end(found.body)
  })
}
