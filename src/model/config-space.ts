/** A config space as one class list reads it: what FAI's tasks would take from it, as plain data. */
export type ConfigSpace = {
  /** Absolute path; scripts see it as `FAI`. */
  readonly directory: string
  /** The file of the highest class that has one; undefined where none has. */
  readonly diskConfig: ClassFile | undefined
  /** `package_config/CLASS`, in class order. */
  readonly packageConfigs: readonly ClassFile[]
  /** `package_config/CLASS.gpg` and `CLASS.asc`, in class order. */
  readonly keyrings: readonly ClassPath[]
  /** `pkgs/CLASS/*.deb` and `*.rpm`, in class order, then by name. */
  readonly localPackages: readonly LocalPackage[]
  /** `debconf/CLASS`, a file or a directory, in class order. */
  readonly debconf: readonly ClassPath[]
  /** One for each template directory that has a file for one of the classes, by target path. */
  readonly templates: readonly Template[]
  /** In the order in which FAI runs them. */
  readonly scripts: readonly Script[]
}

/** A file of the config space that belongs to a class. */
export type ClassPath = { readonly class: string; readonly path: string }

/** A package file of the config space. */
export type LocalPackage = ClassPath & { readonly kind: 'deb' | 'rpm' }

/** A text file of the config space that belongs to a class. */
export type ClassFile = ClassPath & { readonly text: string }

/** What `fcopy` would copy to one path of the target: the file of the highest class. */
export type Template = {
  readonly class: string
  readonly path: string
  /** Absolute path in the target. */
  readonly targetPath: string
  readonly executable: boolean
  /** The file `file-modes` beside the template. */
  readonly fileModes?: { readonly path: string; readonly text: string }
}

/** An executable below `scripts/`. */
export type Script = {
  readonly class: string
  /** Path below `scripts/`, as it stands in `status.log`: `WEB/10-nginx`, or `WEB` for a plain file. */
  readonly name: string
  readonly path: string
}
