package io.github.descent4j.mnist.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is in a folder of checkpoints at a moment.
 *
 * @param last the steps of the last whole one, -1 if there is none
 * @param saving whether one is being written, or was when the run ended
 * @param deleting whether an old one is being deleted, or was
 */
record Saves(long last, boolean saving, boolean deleting) {

  /** Looks as fast as it can: what it is to see takes a few milliseconds. */
  static Saves in(Path folder) {
    String[] names = folder.toFile().list();
    long last = -1;
    List<Long> hidden = new ArrayList<>();
    for (String name : names == null ? new String[0] : names) {
      Path path = Path.of(name);
      last = Math.max(last, CheckpointName.steps(path).orElse(-1));
      if (CheckpointName.isHidden(path)) {
        hidden.add(CheckpointName.steps(Path.of(name.substring(1))).orElseThrow());
      }
    }
    long newest = last;
    return new Saves(
        last,
        hidden.stream().anyMatch(steps -> steps > newest),
        hidden.stream().anyMatch(steps -> steps < newest));
  }

  /** Deletes a folder with all that is in it, while somebody may be writing there. */
  static void delete(Path folder) throws IOException {
    while (Files.exists(folder)) {
      List<Path> all;
      try (Stream<Path> found = Files.walk(folder)) {
        all = found.sorted(Comparator.reverseOrder()).toList();
      } catch (IOException | UncheckedIOException e) {
        // Something has gone meanwhile.
        continue;
      }
      for (Path path : all) {
        try {
          Files.deleteIfExists(path);
        } catch (DirectoryNotEmptyException e) {
          // The next round has it.
          break;
        }
      }
    }
  }
}
