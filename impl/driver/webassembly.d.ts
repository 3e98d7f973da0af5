/** What is used here of WebAssembly as Node has it; the library of types for it is that of browsers. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
    /** What it wants of whoever makes an instance. */
    static imports(module: Module): readonly { readonly name: string }[];
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
  }
  class Global {
    private constructor();
    value: number;
  }
  class RuntimeError extends Error {}
}
