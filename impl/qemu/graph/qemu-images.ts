/** Empty overlay images: made once by qemu-img for each kind, kept in memory, written out again for each case. */
import { spawn } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../../environment-error.ts';
import type { SparseDisks } from '../nbd/sparse-disks.ts';
import { sizeFor } from '../nbd/used-again.ts';

export interface OverlayImage {
  readonly format: 'qcow2' | 'qed';
  /** 512 to 2 MiB; ignored for qed. */
  readonly clusterBytes: number;
  readonly lengthBytes: number;
  /** The clusters lie in a file of their own, each at its own place (qcow2 with `data_file`). */
  readonly dataFile: boolean;
}

interface Template {
  readonly sizeBytes: number;
  readonly pieces: readonly { readonly offsetBytes: number; readonly bytes: Buffer }[];
}

const PIECE_BYTES = 4096;

/** Offset of the virtual disk size in a qcow2 header (docs/interop/qcow2.txt: bytes 24-31, big endian). */
const QCOW2_SIZE_OFFSET = 24;

/** Offset of the offset of the L1 table there (bytes 40-47). */
const QCOW2_L1_TABLE_OFFSET = 40;

/** Offset of the incompatible features (bytes 72-79), among them the bit that says that the image is dirty. */
export const FEATURES_OFFSET = 72;

/** Where the L1 table of a qcow2 image lies, in bytes. */
export function l1TableOffset(image: Buffer): number {
  return Number(image.readBigUInt64BE(QCOW2_L1_TABLE_OFFSET));
}

export class QemuImages {
  readonly #qemuImg: string;
  readonly #directory: string;
  /** Length for which qcow2 templates are made; the tables of a longer image serve a shorter one as well. */
  readonly #lengthBytesMax: number;
  readonly #contentBytesMax: number;
  readonly #templates = new Map<string, Template>();

  /** `contentBytesMax`: how much a case may write, where that is less than the length. */
  constructor(qemuImg: string, directory: string, lengthBytesMax: number, contentBytesMax = lengthBytesMax) {
    this.#qemuImg = qemuImg;
    this.#directory = directory;
    this.#lengthBytesMax = lengthBytesMax;
    this.#contentBytesMax = contentBytesMax;
  }

  /** Writes an empty image over whatever `name` held and returns its path. */
  async write(name: string, image: OverlayImage): Promise<string> {
    const template = await this.#template(image);
    const path = join(this.#directory, name);
    const file = openSync(path, 'w');
    try {
      ftruncateSync(file, template.sizeBytes);
      for (const piece of template.pieces)
        writeSync(file, piece.bytes, 0, piece.bytes.length, piece.offsetBytes);
      if (image.format === 'qcow2') writeSync(file, bigEndian64(image.lengthBytes), 0, 8, QCOW2_SIZE_OFFSET);
    } finally {
      closeSync(file);
    }
    return path;
  }

  /** Makes a disk of the storage server an empty image, with room for all that can ever be written to it. */
  async serve(disks: SparseDisks, disk: string, image: OverlayImage): Promise<void> {
    const template = await this.#template(image);
    // Tables for the longest content, on whichever side of gaps, and a copy of every cluster.
    const roomBytes = 2 * this.#contentBytesMax + 16 * image.clusterBytes;
    // Of few lengths, so that the memory of the case before serves most of the others; and of no whole number of sectors,
    // so that QEMU sends its writes of single header fields as such (nbd_refresh_limits, block/nbd.c).
    disks.renew(disk, sizeFor(template.sizeBytes + roomBytes + 1) - 1);
    for (const { offsetBytes, bytes } of template.pieces) disks.place(disk, offsetBytes, bytes);
    disks.place(disk, QCOW2_SIZE_OFFSET, bigEndian64(image.lengthBytes));
  }

  async #template(image: OverlayImage): Promise<Template> {
    const made = image.format === 'qcow2' ? { ...image, lengthBytes: this.#lengthBytesMax } : image;
    const key = `${made.format}-${made.clusterBytes}-${made.lengthBytes}${made.dataFile ? '-data' : ''}`;
    const known = this.#templates.get(key);
    if (known !== undefined) return known;
    const path = join(this.#directory, `template-${key}`);
    await this.#create(path, made);
    const template = sparse(readFileSync(path));
    rmSync(path);
    rmSync(`${path}.data`, { force: true });
    this.#templates.set(key, template);
    return template;
  }

  #create(path: string, image: OverlayImage): Promise<void> {
    const dataFile = image.dataFile ? `,data_file=${path.replaceAll(',', ',,')}.data` : '';
    const options = image.format === 'qcow2' ? ['-o', `cluster_size=${image.clusterBytes}${dataFile}`] : [];
    const words = ['create', '-q', '-f', image.format, ...options, path, String(image.lengthBytes)];
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void =>
        reject(new EnvironmentError(`${this.#qemuImg} ${words.join(' ')}: ${reason}`));
      // A process group of its own: Ctrl-C at a terminal must not reach it, or the run would end without its summary.
      const child = spawn(this.#qemuImg, words, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      child.on('error', (error) => fail(error.message));
      child.on('close', (code) => {
        if (code === 0) resolve();
        else fail(said.trim() || `it ended with ${code}`);
      });
    });
  }
}

function bigEndian64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function sparse(content: Buffer): Template {
  const zeroes = Buffer.alloc(PIECE_BYTES);
  const pieces = [];
  for (let offsetBytes = 0; offsetBytes < content.length; offsetBytes += PIECE_BYTES) {
    const bytes = content.subarray(offsetBytes, offsetBytes + PIECE_BYTES);
    if (!bytes.equals(zeroes.subarray(0, bytes.length)))
      pieces.push({ offsetBytes, bytes: Buffer.from(bytes) });
  }
  return { sizeBytes: content.length, pieces };
}
