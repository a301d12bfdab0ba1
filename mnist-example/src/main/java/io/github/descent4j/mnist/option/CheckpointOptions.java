package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.run.Checkpoint;
import io.github.descent4j.mnist.run.CheckpointFolder;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a run is saved, and where it goes on from. */
public final class CheckpointOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description =
          "Save the run in this new or empty folder after each epoch, and on Ctrl-C, SIGTERM or SIGHUP after the step under way.")
  private Path checkpoint;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Go on from the last checkpoint in this folder, with its settings, to the same bits as without a break.")
  private Path resume;

  @Option(
      names = "--keep",
      paramLabel = "N",
      defaultValue = "3",
      description = "Checkpoints to keep besides the best, at least 1. Default: ${DEFAULT-VALUE}.")
  private int keep;

  /** Fails as a wrong command line if the options contradict each other. */
  public void validate() {
    Check.option(command, keep >= 1, "--keep", keep, "at least 1");
    Check.option(
        command,
        checkpoint == null || resume == null || checkpoint.equals(resume),
        "--checkpoint",
        checkpoint,
        "the folder of --resume or none: a run goes on in its own folder");
  }

  public boolean resumes() {
    return resume != null;
  }

  /** The folder to save to, or null. It is reserved until it is closed. */
  public CheckpointFolder open() {
    if (resume != null) {
      return CheckpointFolder.open(resume, keep);
    }
    if (checkpoint == null) {
      return null;
    }
    CheckpointFolder folder = CheckpointFolder.open(checkpoint, keep);
    if (folder.last().isPresent()) {
      folder.close();
      throw new CommandException(checkpoint
          + ": expected a folder without checkpoints, found those of an earlier run; --resume "
          + checkpoint + " goes on with it");
    }
    return folder;
  }

  /** The checkpoint to go on from. */
  public Checkpoint last(CheckpointFolder folder) {
    return folder
        .last()
        .orElseThrow(() -> CommandException.mismatch(
            resume.toString(), "a folder with a checkpoint to resume", "none in it"));
  }

  /** The folder that {@code --resume} would take later. */
  public Path folder() {
    return resume != null ? resume : checkpoint;
  }
}
