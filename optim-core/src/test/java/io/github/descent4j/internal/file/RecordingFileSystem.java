package io.github.descent4j.internal.file;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The default file system, which notes what is written, forced to the disk and renamed, and can be told to fail at one of it. */
final class RecordingFileSystem extends FileSystem {
  private final FileSystem real;
  private final Provider provider;

  /** {@code write NAME}, {@code force NAME}, {@code move NAME NAME}, {@code delete NAME}; of several writes in a row one. */
  final List<String> events = new ArrayList<>();

  /** The beginning of the event that fails, null for none. */
  String failure;

  RecordingFileSystem(FileSystem real) {
    this.real = real;
    provider = new Provider();
  }

  /** A path of the default file system as one of this. */
  Path wrap(Path path) {
    return (Path) Proxy.newProxyInstance(
        Path.class.getClassLoader(),
        new Class<?>[] {Path.class},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "getFileSystem" -> this;
          case "equals" -> path.equals(unwrap(arguments[0]));
          default -> wrapped(call(path, method, arguments));
        });
  }

  private Object wrapped(Object result) {
    return result instanceof Path path ? wrap(path) : result;
  }

  private Object call(Path path, Method method, Object[] arguments) throws Throwable {
    Object[] own = arguments == null ? new Object[0] : arguments.clone();
    for (int i = 0; i < own.length; i++) {
      own[i] = unwrap(own[i]);
    }
    try {
      return method.invoke(path, own);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** Proxies name their target when they are asked for it as text. */
  private Object unwrap(Object argument) {
    return argument instanceof Path path && path.getFileSystem() == this
        ? real.getPath(path.toString())
        : argument;
  }

  private Path real(Path path) {
    return (Path) unwrap(path);
  }

  private void note(String event) throws IOException {
    if (events.isEmpty() || !events.get(events.size() - 1).equals(event)) {
      events.add(event);
    }
    if (failure != null && event.startsWith(failure)) {
      throw new IOException("told to fail at " + event);
    }
  }

  private static String name(Path path) {
    return path.getFileName().toString().replaceFirst("-[0-9a-f]+\\.tmp", ".tmp");
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {}

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return real.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return real.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return wrap(real.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String pattern) {
    throw new UnsupportedOperationException();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }

  private final class Provider extends FileSystemProvider {
    private final FileSystemProvider target = real.provider();

    @Override
    public FileChannel newFileChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      return new Channel(target.newFileChannel(real(path), options, attributes), name(path));
    }

    @Override
    public void move(Path source, Path to, CopyOption... options) throws IOException {
      note("move " + name(source) + " " + name(to));
      target.move(real(source), real(to), options);
    }

    @Override
    public void delete(Path path) throws IOException {
      note("delete " + name(path));
      target.delete(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
      target.checkAccess(real(path), modes);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
        Path path, Class<A> type, LinkOption... options) throws IOException {
      return target.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
        throws IOException {
      return target.readAttributes(real(path), attributes, options);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(
        Path path, Class<V> type, LinkOption... options) {
      return target.getFileAttributeView(real(path), type, options);
    }

    @Override
    public String getScheme() {
      return "recording";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
        Path folder, DirectoryStream.Filter<? super Path> filter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void copy(Path source, Path to, CopyOption... options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
      return target.isSameFile(real(path), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
      return target.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
      return target.getFileStore(real(path));
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
      throw new UnsupportedOperationException();
    }
  }

  private final class Channel extends FileChannel {
    private final FileChannel target;
    private final String name;

    Channel(FileChannel target, String name) {
      this.target = target;
      this.name = name;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      note("write " + name);
      return target.write(source);
    }

    @Override
    public void force(boolean metaData) throws IOException {
      note("force " + name);
      target.force(metaData);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      return target.read(into);
    }

    @Override
    public long position() throws IOException {
      return target.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
      target.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return target.size();
    }

    @Override
    public FileChannel truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel from, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer into, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void implCloseChannel() throws IOException {
      target.close();
    }
  }
}
