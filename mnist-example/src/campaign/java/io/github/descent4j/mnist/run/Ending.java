package io.github.descent4j.mnist.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run has come to: the bits of its last checkpoint, and what it said.
 *
 * @param checkpoint the name of the last one
 * @param hashes of the files with arrays: weights, optimizer's state, best weights
 * @param result the last line
 */
record Ending(String checkpoint, Map<String, String> hashes, String result) {

  static Ending of(Path folder, String result) throws IOException {
    Path last;
    try (var all = Files.list(folder)) {
      last = all.filter(path -> CheckpointName.steps(path).isPresent())
          .max((a, b) -> a.getFileName().compareTo(b.getFileName()))
          .orElseThrow(() -> new Harmed("no checkpoint at the end"));
    }
    Map<String, String> hashes = new TreeMap<>();
    try (var files = Files.list(last)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".npz")).toList()) {
        hashes.put(file.getFileName().toString(), hash(Files.readAllBytes(file)));
      }
    }
    return new Ending(last.getFileName().toString(), hashes, result);
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))
          .substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
