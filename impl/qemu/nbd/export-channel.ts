/** A client's place at one of QEMU's exports: connects when first used, and again after the export came back. */
import { NbdClient } from './nbd-client.ts';
import type { NbdReply } from './nbd-client.ts';
import { NbdRefused } from './nbd-negotiation.ts';
import type { Traffic } from '../watch/traffic.ts';

export type ChannelReply = NbdReply | { readonly kind: 'refused'; readonly reason: string };

export interface ExportChannelOptions {
  readonly path: string;
  readonly exportName: string;
  readonly stallMs: number;
  /** Null: plain replies. QEMU drops a client that negotiated structured ones when a read fails. */
  readonly metaContext: string | null;
  readonly traffic: Traffic;
}

export class ExportChannel {
  readonly #options: ExportChannelOptions;
  #client: Promise<NbdClient> | null = null;

  constructor(options: ExportChannelOptions) {
    this.#options = options;
  }

  /** Makes a request, connecting first where needed; `refused` where there is no such export now. */
  async request(make: (client: NbdClient) => Promise<NbdReply>): Promise<ChannelReply> {
    this.#client ??= this.#connect();
    let client: NbdClient;
    try {
      client = await this.#client;
    } catch (error) {
      this.#client = null;
      if (error instanceof NbdRefused) return { kind: 'refused', reason: error.reason };
      throw error;
    }
    return make(client);
  }

  /** Now already, where the export is there. */
  async connect(): Promise<void> {
    await this.request(async () => ({ kind: 'done', bytes: Buffer.alloc(0), extents: [] }));
  }

  /** Leaves the export, as must be done before it is deleted. */
  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (client !== null) (await client).close();
  }

  #connect(): Promise<NbdClient> {
    const { path, exportName, stallMs, metaContext, traffic } = this.#options;
    return NbdClient.connect({
      path,
      exportName,
      stallMs,
      traffic,
      structuredReplies: metaContext !== null,
      metaContexts: metaContext === null ? [] : [metaContext],
    });
  }
}
