/**
 * The secondary of secondary.ts with one thing broken on purpose: a primary write saves only the sectors that it is about
 * to write, not the rest of their unit.
 */
import type { Setup, System } from 'colocheck';
import { Disks, Secondary } from './secondary.ts';

class ForgetfulDisks extends Disks {
  protected override copyBeforeWrite(start: number, end: number): void {
    for (let sector = start; sector < end; sector++) {
      const unit = sector - (sector % this.copyUnitSectors);
      if (this.copied.has(unit)) continue;
      this.hidden[sector] = this.secondary[sector] ?? 0;
    }
    for (let sector = start; sector < end; sector++)
      this.copied.add(sector - (sector % this.copyUnitSectors));
  }
}

class WrongSecondary extends Secondary {
  override readonly name = 'wrong-secondary.ts';

  override load({ nodes: [node] }: Setup): void {
    this.disks = new ForgetfulDisks(node);
  }
}

export default (): System => new WrongSecondary();
