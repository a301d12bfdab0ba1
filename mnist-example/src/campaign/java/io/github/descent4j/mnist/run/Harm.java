package io.github.descent4j.mnist.run;

/** What is done to a run. */
enum Harm {
  /** kill -9, at any time from the start of its JVM to its end. */
  KILLED_ANY_TIME("killed at any time"),

  /** kill -9, soon after a checkpoint. */
  KILLED_BETWEEN_SAVES("killed soon after a checkpoint"),

  /** kill -9 while a checkpoint is written. */
  KILLED_WHILE_SAVING("killed while saving"),

  /** kill -9 while an old checkpoint is deleted. */
  KILLED_WHILE_DELETING("killed while deleting an old checkpoint"),

  /** Files may not grow beyond a part of a checkpoint. */
  FILE_LIMIT("file size limit"),

  /** The folder is on a file system with room for few checkpoints. */
  FULL_DISK("full disk"),

  /** Nothing can be written into the folder from some moment on. */
  READ_ONLY_FOLDER("folder made read-only"),

  /** The folder gets another name, and later its own again. */
  MOVED_FOLDER("folder moved away"),

  /** The folder is deleted with all that is in it. */
  REMOVED_FOLDER("folder removed"),

  /** A second run wants the folder of one that goes on; the first is then killed. */
  SECOND_RUN("second run in the folder"),

  /** Two runs begin at the same time; the one that goes on is then killed. */
  TWO_AT_ONCE("two runs at once");

  final String text;

  Harm(String text) {
    this.text = text;
  }

  /** Whether all that is done is a kill. */
  boolean isKill() {
    return name().startsWith("KILLED");
  }
}
