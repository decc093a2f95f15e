/** The checkout's root. */
export declare const root: string
/** The path of the Node that the lock file pins; throws where there is none and this one is too old. */
export declare function pinnedNode(): string
