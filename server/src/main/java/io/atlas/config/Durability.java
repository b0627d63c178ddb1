package io.atlas.config;

/** What an answer's last byte waits for. */
public enum Durability {
    /** Its ledger line is on the disk: it survives the death of the machine. */
    DISK,
    /** Its ledger line is with the operating system: it survives the death of the process. */
    PROCESS
}
