package io.github.descent4j.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** The bits of values and of all that is remembered after steps through every decorator. */
public final class DecoratedBits {
  private DecoratedBits() {}

  /**
   * Hashes the files of all trainings but those whose products are ND4J's.
   *
   * @param folder where the files are while they are needed
   */
  public static String hash(Path folder) throws IOException {
    MessageDigest digest = sha256();
    for (Map.Entry<String, Training> entry : Training.trainings().entrySet()) {
      String name = entry.getKey();
      if (!name.startsWith("Muon")) {
        entry.getValue().run(0, Training.STEPS);
        entry.getValue().save(folder, name);
        for (Path file :
            new Path[] {Training.stateFile(folder, name), Training.valuesFile(folder, name)}) {
          digest.update(Files.readAllBytes(file));
          Files.delete(file);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
