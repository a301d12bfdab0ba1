package io.github.descent4j.state;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Takes state files apart and puts them together again, well or badly. */
public final class StateFiles {
  public static final String JSON = "descent4j.json";

  private StateFiles() {}

  public static Map<String, byte[]> entries(Path file) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return entries;
  }

  public static String json(Path file) {
    return new String(entries(file).get(JSON), UTF_8);
  }

  public static void write(Path file, Map<String, byte[]> entries) {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> content : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(content.getKey());
        CRC32 crc = new CRC32();
        crc.update(content.getValue());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces text in the JSON entry, which must have it. */
  public static void editJson(Path file, String text, String by) {
    edit(file, JSON, text, by);
  }

  /** Replaces text in an entry, which must have it. */
  public static void edit(Path file, String entry, String text, String by) {
    Map<String, byte[]> entries = entries(file);
    String before = new String(entries.get(entry), ISO_8859_1);
    if (!before.contains(text)) {
      throw new IllegalArgumentException(text + " is not in " + before);
    }
    entries.put(entry, before.replace(text, by).getBytes(ISO_8859_1));
    write(file, entries);
  }
}
