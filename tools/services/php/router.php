<?php
// Router of `php -S`: files that exist are served as they are, everything else is WordPress's.
$root = __DIR__ . '/www';
$path = rawurldecode((string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
$found = realpath($root . $path);
if ($path !== '/' && $found !== false && str_starts_with($found, $root . '/')) {
    if (is_file($found)) {
        return false;
    }
    if (is_file($found . '/index.php')) {
        if (str_ends_with($path, '/')) {
            return false;
        }
        header('Location: ' . $path . '/', true, 301);
        return true;
    }
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
$_SERVER['SCRIPT_FILENAME'] = $root . '/index.php';
chdir($root);
require $root . '/index.php';
